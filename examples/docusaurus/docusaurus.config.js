// The site of the weather station kit "Fieldnote". Bookside reads this file, too, to know the addresses of the pages.

// Where the assistant's server is: an address that readers' browsers can reach.
const assistant = process.env.ASSISTANT_URL ?? 'http://127.0.0.1:8000';

/** @type {import('@docusaurus/types').Config} */
const config = {
  title: 'Fieldnote',
  tagline: 'A weather station that you build, understand and repair',
  url: 'https://fieldnote.example',
  baseUrl: '/fieldnote/',
  favicon: 'img/vane.svg',
  onBrokenLinks: 'throw',
  onBrokenAnchors: 'throw',

  // This one entry puts the assistant on every page.
  scripts: [{src: `${assistant}/bookside.js`, type: 'module', 'data-server': assistant, 'data-heading': 'Ask Fieldnote'}],

  // Room for the panel that a reader has left open, before the page is painted.
  headTags: [{tagName: 'script', attributes: {src: '/fieldnote/js/room.js'}}],

  presets: [
    [
      'classic',
      {
        docs: {routeBasePath: '/', sidebarPath: './sidebars.js'},
        blog: false,
        theme: {customCss: './src/css/fieldnote.css'},
      },
    ],
  ],
  themeConfig: {
    colorMode: {respectPrefersColorScheme: true},
    navbar: {
      title: 'Fieldnote',
      logo: {alt: '', src: 'img/vane.svg'},
      items: [
        {type: 'docSidebar', sidebarId: 'kit', label: 'Handbook', position: 'left'},
        {to: '/data/commands', label: 'Commands', position: 'left'},
      ],
    },
    footer: {style: 'light', copyright: 'Fieldnote is invented, and its handbook is an example of Bookside.'},
    prism: {additionalLanguages: ['bash', 'ini']},
  },
};

export default config;
