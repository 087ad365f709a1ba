"""A site becomes a folder of its pages, politely; the only room that reads other people's sites."""

from bookside.crawl.site import Crawl, CrawlReport, Limits

__all__ = ["Crawl", "CrawlReport", "Limits"]
