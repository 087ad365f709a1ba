/*! Bookside, Apache-2.0. The licences of the packages inside: bookside.licenses.txt */
function e(e){let t=!1,n=``;for(let r of e.replace(/\s*…\s*$/,``).split(`
`)){let e=/^\s*(?:`{3,}|~{3,})[^`]*$/.test(r);if(e&&(t=!t),e||/^\s*\|?\s*:?-{3,}[-:|\s]*$/.test(r))continue;let i=t||r.trim()===``||n.endsWith(`
`)||/^\s*(?:[-*+•|]|\d+[.)])\s/.test(r);n+=(i?`
`:` `)+(t?r:r.trim().replace(/^\| | \|$/g,``)),r.trim()===``&&(n+=`
`)}return n.trim().replace(/\n{3,}/g,`

`)+(/…\s*$/.test(e)?` …`:``)}function t(e){e.hidden=!1,i(e)||e.showPopover?.()}function n(e){i(e)&&e.hidePopover(),e.hidden=!0}function r(e,t,n){e.style.left=`${t}px`,e.style.top=`${n}px`}function i(e){return`showPopover`in e&&e.matches(`:popover-open`)}var a=class{#e=null;#t;#n=!1;constructor(e,t){this.root=e,this.linkWords=t,e.addEventListener(`pointerdown`,e=>{this.#n=e.pointerType===`touch`,this.#a(e.target)||this.close()}),e.addEventListener(`pointerover`,e=>{e.pointerType!==`touch`&&this.#o(e.target)}),e.addEventListener(`pointerout`,e=>{e.pointerType!==`touch`&&this.#s(300,()=>this.close())}),e.addEventListener(`focusin`,e=>{let t=o(e.target);t?.matches(`:focus-visible`)&&this.#c(t,!1)}),e.addEventListener(`focusout`,e=>{let t=e.relatedTarget;this.#a(t)||this.close()}),e.addEventListener(`scroll`,e=>void(this.#a(e.target)||this.close()),{capture:!0,passive:!0})}get isOpen(){return this.#e!==null}onClick(e){let t=o(e.target);return t===null||!this.#n?!1:(e.preventDefault(),this.#e===t?this.close():this.#c(t,!0),!0)}close(){clearTimeout(this.#t);let e=this.#e;if(this.#e=null,e===null)return!1;e.removeAttribute(`aria-describedby`);let t=this.#r;return t?.contains(this.#i)&&e.focus(),t&&n(t),!0}get#r(){return this.root.querySelector(`.card`)}get#i(){let e=this.root.getRootNode();return e instanceof ShadowRoot?e.activeElement:null}#a(e){return e instanceof Node&&this.#r?.contains(e)===!0}#o(e){let t=o(e);t!==null&&t!==this.#e?this.#s(250,()=>this.#c(t,!1)):(t!==null||this.#a(e))&&clearTimeout(this.#t)}#s(e,t){clearTimeout(this.#t),this.#t=setTimeout(t,e)}#c(n,r){this.close();let i=this.#r;if(i===null||!n.isConnected)return;let{quote:a=``,path:o=``,book:l=``}=n.dataset;i.replaceChildren(...[s(`p`,`path`,o),s(`blockquote`,``,e(a)),s(`p`,`book`,l)].filter(({textContent:e})=>e!==``)),r&&n.href!==``&&i.append(c(n,this.linkWords)),i.role=r?`dialog`:`tooltip`,i.ariaLabel=r?n.ariaLabel:null,this.#e=n,r||n.setAttribute(`aria-describedby`,i.id),t(i),this.#l(i,n),r&&i.querySelector(`a`)?.focus({preventScroll:!0})}#l(e,t){let n=(e.parentElement??e).getBoundingClientRect(),i=t.getBoundingClientRect();e.style.maxWidth=`${n.width-16}px`;let{width:a,height:o}=e.getBoundingClientRect(),s=Math.max(n.left+8,Math.min(i.left-8,n.right-a-8)),c=i.bottom+8;r(e,s,c+o<=n.bottom||i.top-8-o<n.top?c:i.top-8-o)}};function o(e){return e instanceof Element?e.closest(`a.citation`):null}function s(e,t,n){let r=document.createElement(e);return t!==``&&(r.className=t),r.textContent=n,r.dir=`auto`,r}function c(e,t){let n=document.createElement(`a`);n.textContent=t;for(let t of[`href`,`target`,`rel`,`data-quote`]){let r=e.getAttribute(t);r!==null&&n.setAttribute(t,r)}return e.classList.contains(`external`)&&n.classList.add(`external`),n}var l=`data-bookside-passage`;function u(e){let t=e instanceof Range?d(e.startContainer):e;t instanceof HTMLElement&&(t.hasAttribute(`tabindex`)||(t.tabIndex=-1,t.toggleAttribute(l,e instanceof Range),t.addEventListener(`blur`,()=>{t.removeAttribute(`tabindex`),t.removeAttribute(l)},{once:!0})),t.focus({preventScroll:!0}))}function d(e){let t=f(e);for(;t!==null&&getComputedStyle(t).display.startsWith(`inline`);)t=t.parentElement;return t}function f(e){return e instanceof Element?e:e.parentElement}var p=10,m=44,h=8,g=class{#e=null;#t=!1;constructor(e,t,n){this.host=e,this.button=t,this.accept=n,document.addEventListener(`keydown`,this.#r,{capture:!0}),addEventListener(`scroll`,this.#n,{capture:!0,passive:!0}),addEventListener(`resize`,this.#n)}stop(){document.removeEventListener(`keydown`,this.#r,{capture:!0}),removeEventListener(`scroll`,this.#n,{capture:!0}),removeEventListener(`resize`,this.#n),this.hide()}watch(e){this.hide(),this.#e=e}show(e,n){let i=this.button();if(i===null)return;this.#e=e,this.#t=!0,t(i);let a=[...e.getClientRects()].filter(({width:e})=>e>0),o=a.at(-1)??e.getBoundingClientRect(),s=a[0]??o,{width:c,height:l}=i.getBoundingClientRect(),u=n?m:p,d=o.bottom+u+l<innerHeight-h?o.bottom+u:Math.min(s.top-u-l,innerHeight-l-h),f=Math.min(o.right-c/2,innerWidth-c-h);r(i,Math.max(f,h),Math.max(d,h))}hide(){let e=this.button();this.#e=null,this.#t=!1,e!==null&&n(e)}#n=e=>{let{target:t}=e;this.#t&&!(t instanceof Node&&this.host.contains(t))&&this.hide()};#r=e=>{let t=this.#e;if(t===null)return;let n=document.activeElement===this.host;if(e.altKey&&e.code===`KeyQ`)e.preventDefault(),this.accept();else if(this.#t)e.key===`Escape`?(this.hide(),n&&u(t)):e.key===`Tab`&&!n&&!e.shiftKey?(e.preventDefault(),this.button()?.focus()):e.key===`Tab`&&(this.hide(),u(t));else return}},_=`
.quoted { color: inherit; text-decoration: none; }

.quoted:hover { text-decoration: underline; text-decoration-color: var(--_accent); }

.chip .quoted {
display: -webkit-box;
-webkit-box-orient: vertical;
-webkit-line-clamp: 2;
overflow: hidden;
overflow-wrap: anywhere;
}

.sources .words { color: inherit; text-decoration: none; }

.sources .words:hover { text-decoration: underline; }

.scope {
max-width: 100%;
min-height: 28px;
margin: 6px 0 0 6px;
padding: 2px 4px;
border: 0;
border-radius: 6px;
background: var(--_background);
color: var(--_muted);
font: inherit;
font-size: 13px;
cursor: pointer;
}

.scope:hover { color: var(--_text); }

.starters { display: grid; gap: 8px; margin: 20px 0 0; padding: 0; list-style: none; justify-items: start; }

.starters button {
padding: 7px 14px;
border: 1px solid var(--_border);
border-radius: 10px;
background: none;
color: var(--_text);
text-align: start;
line-height: 1.4;
overflow-wrap: anywhere;
}

.starters button:hover { border-color: var(--_accent); background: var(--_surface); }

@media (forced-colors: active) {
.starters button { border: 1px solid ButtonText; }
}

[popover] {
position: fixed;
inset: auto;
margin: 0;
border: 1px solid var(--_border);
background: var(--_background);
color: var(--_text);
box-shadow: var(--_shadow);
z-index: var(--bookside-z-index, 1000);
}

[popover][hidden] { display: none; }

.card {
width: 320px;
max-height: min(50vh, 320px);
padding: 12px 14px;
overflow: auto;
/* A shade at the lower edge, as long as there is more below it. */
background:
linear-gradient(transparent, var(--_background) 60%) 0 100% / 100% 40px no-repeat local,
linear-gradient(transparent, color-mix(in srgb, var(--_text) 18%, transparent)) 0 100% / 100% 20px no-repeat scroll,
var(--_background);
border-radius: 10px;
font-size: 13.5px;
line-height: 1.5;
overflow-wrap: anywhere;
}

.card > * { margin: 0; }

.card .path { font-weight: 600; }

.card blockquote {
margin-block: 6px;
padding-inline-start: 10px;
border-inline-start: 2px solid var(--_accent);
white-space: pre-line;
}

.card .book { color: var(--_muted); font-size: 12.5px; }

.card a {
position: sticky;
inset-block-end: -12px;
display: block;
margin-block: 8px -12px;
padding-block: 8px 12px;
background: var(--_background);
font-weight: 600;
}

.offer {
align-items: center;
gap: 6px;
padding: 7px 14px 7px 10px;
border-radius: 999px;
font-size: 14px;
font-weight: 500;
line-height: 1.4;
}

.offer:not([hidden]) { display: inline-flex; }

.offer .icon { width: 18px; height: 18px; color: var(--_accent); }

.offer:hover { background: var(--_surface); }

@media (pointer: coarse) { .offer { min-height: 44px; } }

.toast:not([hidden]) {
inset-block-end: 24px;
inset-inline: 20px;
display: flex;
align-items: center;
gap: 8px;
width: fit-content;
max-width: min(440px, calc(100vw - 40px));
margin-inline: auto;
padding: 8px 8px 8px 16px;
border-radius: 10px;
font-size: 14px;
line-height: 1.45;
}

.toast p { margin: 0; }

.toast .tool { flex: none; width: 32px; height: 32px; }

@media (forced-colors: active) { .offer { border: 1px solid ButtonText; } }

@media print { [popover] { display: none; } }
`,v=5;function y(t,n){let r=e(n).replace(/ …$/,``).split(`
`).map(e=>e.replace(/^\s*(?:[-*+•>]|\d{1,9}[.)]|#{1,6})\s+/,``).split(` | `)[0]??``).map(e=>e.trim().split(/\s+/)).filter(([e])=>e!==``),i=r[0],a=r.at(-1);if(i===void 0||a===void 0||t.includes(`:~:`))return t;let o=r.length===1&&i.length<=10?[i]:[i.slice(0,v),a.slice(-5)];return`${t}${t.includes(`#`)?``:`#`}:~:text=${o.map(e=>b(e.join(` `))).join(`,`)}`}function b(e){return encodeURIComponent(e).replace(/-/g,`%2D`)}var x={goToPassage:`Go to the passage`,passageShown:`The passage is marked on the page.`,passageChanged:`The passage has changed since. What is left of its beginning is marked.`,passageMissing:`The passage is no longer on this page. This is the section that it was in.`,askAboutThis:`Ask about this`},S=class{#e;constructor(e,t,n,r){this.#e=t;let i=new CSSStyleSheet;i.replaceSync(_),t.adoptedStyleSheets.push(i);for(let e of[`pointerdown`,`keydown`])t.addEventListener(e,C,{capture:!0});this.card=new a(t,n),this.offer=new g(e,()=>t.querySelector(`.offer`),r)}tell(e){let r=this.#e.querySelector(`.toast`),i=r?.querySelector(`p`);r&&i&&(i.textContent=e,e===``?n(r):t(r))}stop(){this.offer.stop(),this.card.close()}};function C({target:e}){let t=e instanceof Element?e.closest(`a.external[data-quote]`):null;t!==null&&(t.href=y(t.href,t.dataset.quote??``))}export{x as BESIDE_WORDS,S as Boxes};