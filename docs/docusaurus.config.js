// The handbook as a Docusaurus site. Bookside reads this file too, to know the addresses of the pages.
/** @type {import('@docusaurus/types').Config} */
const config = {
  title: 'Bookside Handbook',
  tagline: 'An assistant beside any book or documentation site',
  url: 'https://bookside.github.io',
  baseUrl: '/',
  onBrokenLinks: 'throw',
  presets: [
    [
      'classic',
      {
        docs: {path: 'book', routeBasePath: '/', sidebarPath: './sidebars.js'},
        blog: false,
      },
    ],
  ],
};

export default config;
