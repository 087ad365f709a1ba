"""Files become a book: pages, sections and chunks, with the addresses that the site gives them. Pure."""
