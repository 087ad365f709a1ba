// The chapters in reading order.
/** @type {import('@docusaurus/plugin-content-docs').SidebarsConfig} */
const sidebars = {
  kit: [
    'welcome',
    {type: 'category', label: 'Begin', items: ['begin/assembly', 'begin/first-reading', 'begin/siting']},
    {type: 'category', label: 'Sensors', items: ['sensors/temperature', 'sensors/rain', 'sensors/wind']},
    {type: 'category', label: 'Data', items: ['data/log', 'data/commands']},
  ],
};

export default sidebars;
