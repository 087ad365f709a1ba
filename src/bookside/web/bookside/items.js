/*! Bookside, Apache-2.0. The licences of the packages inside: bookside.licenses.txt */
var e=2e4;function t(t){return typeof t==`number`?String(t):typeof t==`string`?t.slice(0,e):``}function n(...e){return e.filter(Boolean).join(` `)}function r(e,t,n){return typeof t==`string`&&n.split(` `).includes(t)?`${e}-${t}`:null}function i(e){return typeof e==`object`&&e&&!Array.isArray(e)?e:{}}var a=1200,o={px:a,rem:75,em:75,ch:120,"%":100};function s(e,t=1){if(typeof e==`number`)return Number.isFinite(e)?`${c(e*t,a)}px`:null;if(typeof e!=`string`)return null;let[,n=``,r=``]=/^(\d{1,5}(?:\.\d{1,4})?)(px|rem|em|ch|%)?$/.exec(e.trim())??[];return n===``?null:r===``?s(Number(n),t):`${c(Number(n),o[r]??0)}${r}`}function c(e,t){return Math.round(Math.min(Math.max(e,0),t)*100)/100}var l={prose:`var(--_text)`,primary:`var(--_text)`,emphasis:`var(--_text)`,secondary:`var(--_muted)`,tertiary:`var(--_muted)`,success:`var(--_success)`,warning:`var(--_warning)`,danger:`var(--_danger)`,default:`var(--_border)`,subtle:`var(--_border)`,strong:`var(--_muted)`,surface:`var(--_background)`,"surface-secondary":`var(--_surface)`,"surface-tertiary":`var(--_border)`,"surface-elevated":`var(--_background)`,"surface-elevated-secondary":`var(--_surface)`,white:`#fff`,black:`#000`,transparent:`transparent`},u={gray:[265,.015],slate:[257,.03],zinc:[286,.01],neutral:[0,0],stone:[60,.01],red:[26,.2],orange:[48,.18],amber:[70,.16],yellow:[92,.16],lime:[125,.19],green:[148,.17],emerald:[162,.14],teal:[182,.11],cyan:[210,.12],sky:[235,.14],blue:[258,.19],indigo:[276,.2],violet:[292,.21],purple:[303,.22],fuchsia:[322,.24],pink:[354,.2],rose:[15,.2]};function d(e){if(typeof e==`object`&&e){let{light:t,dark:n}=e,[r,i]=[f(t),f(n)];return r&&i?`light-dark(${r}, ${i})`:r??i}return f(e)}function f(e){if(typeof e!=`string`||e.length>48)return null;let t=e.trim().toLowerCase();if(Object.hasOwn(l,t))return l[t]??null;let[,n=``,r=``]=/^([a-z]+)-(\d{2,3})$/.exec(t)??[];return Object.hasOwn(u,n)?p(u[n]??[0,0],Math.min(Number(r),950)):/^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.test(t)||/^(?:rgb|hsl)a?\((?:\s*[\d.]+(?:%|deg)?\s*[,/]?){3,4}\)$/.test(t)?t:null}function p([e,t],n){let r=.985-.72*(n/950)**1.1,i=Math.sin(Math.PI*Math.min(n/1e3+.05,1))**.8;return`oklch(${r.toFixed(3)} ${(t*i).toFixed(3)} ${e})`}var m={"2xs":`2px`,xs:`3px`,sm:`4px`,md:`6px`,lg:`8px`,xl:`12px`,"2xl":`16px`,"3xl":`20px`,"4xl":`24px`,full:`9999px`,"100%":`100%`,none:`0`},h={start:`flex-start`,center:`center`,end:`flex-end`,baseline:`baseline`,stretch:`stretch`},g={start:`flex-start`,center:`center`,end:`flex-end`,stretch:`stretch`,between:`space-between`,around:`space-around`,evenly:`space-evenly`},ee={nowrap:`nowrap`,wrap:`wrap`,"wrap-reverse":`wrap-reverse`},te=/* @__PURE__ */ new Set([`solid`,`dashed`,`dotted`,`double`,`groove`,`ridge`,`inset`,`outset`]);function _(e,t){return typeof t==`string`&&Object.hasOwn(e,t)?e[t]??null:null}function v(e){let t=s(e.size),[n,r]=[s(e.minSize),s(e.maxSize)];return{"align-items":_(h,e.align),"justify-content":_(g,e.justify),"flex-wrap":_(ee,e.wrap),"flex-grow":ne(e.flex),"flex-basis":ne(e.flex)===null?null:`0`,gap:s(e.gap,4),width:s(e.width)??t,height:s(e.height)??t,"min-width":s(e.minWidth)??n,"min-height":s(e.minHeight)??n,"max-width":s(e.maxWidth)??r,"max-height":s(e.maxHeight)??r,"aspect-ratio":re(e.aspectRatio),"border-radius":_(m,e.radius),background:d(e.background),...ie(`padding`,e.padding),...ie(`margin`,e.margin),...ae(e.border)}}function ne(e){let t=typeof e==`string`?Number(/^(\d{1,2})(?:\s|$)/.exec(e)?.[1]??NaN):e;return typeof t==`number`&&t>=0&&t<=99?String(t):null}function re(e){if(typeof e==`number`)return e>.05&&e<20?String(e):null;let[,t,n]=typeof e==`string`&&/^(\d{1,4})(?:\s*\/\s*(\d{1,4}))?$/.exec(e.trim())||[],r=Number(t)/Number(n??1);return r>.05&&r<20?`${t} / ${n??1}`:null}function ie(e,t){if(typeof t!=`object`||!t)return{[e]:s(t,4)};let{top:n,right:r,bottom:i,left:a,x:o,y:c}=t;return{[`${e}-top`]:s(n??c,4),[`${e}-right`]:s(r??o,4),[`${e}-bottom`]:s(i??c,4),[`${e}-left`]:s(a??o,4)}}function ae(e){if(typeof e!=`object`||!e||`size`in e)return{border:y(e)};let{top:t,right:n,bottom:r,left:i,x:a,y:o}=e;return{"border-top":y(t??o),"border-right":y(n??a),"border-bottom":y(r??o),"border-left":y(i??a)}}function y(e){if(typeof e==`number`)return e>=0&&e<=16?`${e}px solid var(--_border)`:null;if(typeof e!=`object`||!e)return null;let{size:t,color:n,style:r}=e;return typeof t!=`number`||t<0||t>16?null:`${t}px ${typeof r==`string`&&te.has(r)?r:`solid`} ${d(n)??`var(--_border)`}`}function oe({directive:e,Directive:t,nothing:n}){class r extends t{#e=[];render(e){return n}update(e,t){let{style:r}=e.element,i=t[0];for(let e of this.#e)i[e]||r.removeProperty(e);this.#e=Object.keys(i).filter(e=>i[e]);for(let e of this.#e)r.setProperty(e,i[e]??null);return n}}return e(r)}var se=200,ce=8,le=[`blue-500`,`orange-500`,`purple-500`,`green-600`,`pink-500`,`red-500`,`yellow-600`,`cyan-600`],ue=/^(blue|purple|orange|green|red|yellow|pink)$/,de=(e,n)=>{let{html:r}=e.kit,i=x(n.data,se),a=x(n.series,ce).map(fe).filter(e=>e.key!==``),o=typeof n.xAxis==`object`&&n.xAxis!==null?n.xAxis:{dataKey:n.xAxis},c=Math.max(...i.flatMap(e=>a.map(({key:t})=>b(e,t)??0)),0);return r`<div class="w-chart" tabindex="0" role="group" aria-label=${a.map(({label:e})=>e).join(`, `)}
${e.styled({"max-width":s(n.width)??s(n.maxWidth)})}>
<table>
<thead><tr><th scope="col"><span class="unseen">${t(o.dataKey)}</span></th>
${a.map(e=>r`<th scope="col">${e.label}</th>`)}</tr></thead>
<tbody>${i.map(t=>r`<tr>
<th scope="row">${pe(o,t)}</th>${a.map(n=>r`<td>${me(e,n,t,c)}</td>`)}
</tr>`)}</tbody>
</table>
</div>`};function fe(e,n){let r=typeof e.color==`string`&&ue.test(e.color)?`${e.color}-500`:e.color,i=typeof e.dataKey==`string`?e.dataKey:``;return{key:i,label:t(e.label)||i,colour:d(r)??d(le[n])}}function pe(e,n){let r=t(Object.hasOwn(n,String(e.dataKey))?n[String(e.dataKey)]:``),i=typeof e.labels==`object`&&e.labels!==null?e.labels:{};return Object.hasOwn(i,r)?t(i[r]):r}function me(e,{key:n,colour:r},i,a){let o=b(i,n),s=o===null||a<=0?null:`${Math.max(0,Math.min(100,100*o/a)).toFixed(1)}%`,{html:c,nothing:l}=e.kit;return c`${t(Object.hasOwn(i,n)?i[n]:``)}
${s===null?l:c`<span class="w-bar" ${e.styled({width:s,background:r})}></span>`}`}function b(e,t){let n=Object.hasOwn(e,t)?e[t]:null;return typeof n==`number`&&Number.isFinite(n)?n:null}function x(e,t){return(Array.isArray(e)?e.slice(0,t):[]).filter(e=>typeof e==`object`&&!!e)}var S=24,C=1500,he=6;function ge(e){return{item:e,path:``,depth:0,budget:{left:C},isInForm:!1,labelled:T(e.widget)}}function w(e,t){return--e.budget.left,e.depth>=S||e.budget.left<0?null:{...e,path:`${e.path}.${t}`,depth:e.depth+1}}function T(e,t=/* @__PURE__ */ new Set,n=0){if(typeof e!=`object`||!e||n>S)return t;let{type:r,fieldName:i,children:a}=e;r===`Label`&&typeof i==`string`&&t.add(i);for(let e of Array.isArray(a)?a.slice(0,C):[a])T(e,t,n+1);return t}function E(e,t){return`w-${[...`${e.item.id}/${t}`].map(e=>e.codePointAt(0)?.toString(36)).join(`-`)}`}function D(e){if(typeof e!=`object`||!e)return null;let{type:t,payload:n,handler:r,loadingBehavior:i,streaming:a}=e;return typeof t!=`string`||t===``?null:{type:t,payload:n??null,handler:r===`client`?`client`:`server`,loadingBehavior:i===`none`||i===`self`||i===`container`?i:`auto`,streaming:a!==!1}}function _e(e){let t=e.closest(`[data-form]`),n=t===null?e.querySelectorAll(`:scope`):t.querySelectorAll(`[data-field]`),r={};for(let e of n){let t=e.dataset.field;t===void 0||e.disabled||(e.type===`checkbox`?O(r,t,e.checked):(e.type!==`radio`||e.checked)&&O(r,t,e.value))}return r}function O(e,t,n){let r=t.split(`.`,he),i=r.pop()??t;if([...r,i].some(e=>e===`__proto__`||e===`constructor`))return;let a=e;for(let e of r){let t=Object.hasOwn(a,e)?a[e]:{};if(a[e]=t,typeof t!=`object`||!t)return;a=t}a[i]=n}function k(e,t){if(Object.keys(t).length===0)return e;if(e==null)return t;if(typeof e!=`object`||Array.isArray(e))return e;let n={...t};for(let[r,i]of Object.entries(e)){let e=Object.hasOwn(t,r)?t[r]:void 0;n[r]=typeof e==`object`&&e&&typeof i==`object`?k(i,e):i}return n}var ve=class{#e=/* @__PURE__ */ new Set;constructor(e){this.host=e}isWaiting({item:e,path:t}){return this.#e.has(`${e.id}${t}`)}isHeld(e){return this.#e.has(`${e}*`)}async act(e,t,n,r){let{item:i,path:a}=t,o=e.handler===`client`||!e.streaming;if(this.isHeld(i.id)||this.isWaiting(t)||this.host.isBusy&&!o)return;let s=k(e.payload,_e(n)),c=e.loadingBehavior===`auto`?r:e.loadingBehavior,l=c===`none`?null:`${i.id}${c===`container`?`*`:a}`;l!==null&&this.#e.add(l),this.host.redraw();try{await this.host.act({...e,payload:s},i)}finally{l!==null&&this.#e.delete(l),this.host.redraw()}}};function A(e,t){return e&&t!==null&&t.handler===`server`&&t.streaming}var ye=500,j=2e4,be=`number email text password tel url`,xe=(e,i,a)=>{let{html:o,host:s}=e.kit,c=D(i.onClickAction),l=i.submit===!0&&a.isInForm,u=e.waiting.isWaiting(a),d=t=>{c!==null&&!l&&e.waiting.act(c,a,t.currentTarget,`self`)},f=t(i.label),p=i.style===`primary`?`w-solid`:i.style===`secondary`?`w-outline`:null,m=n(`w-button`,r(`w`,i.variant,`solid soft outline ghost`)??p??(l?`w-solid`:`w-outline`),r(`w-hue`,i.color,`primary secondary info discovery success caution warning danger`),r(`w-size`,i.size,`3xs 2xs xs sm md lg xl 2xl 3xl`),i.pill===!0&&`w-pill`,(i.uniform===!0||f===``)&&`w-uniform`,i.block===!0&&`w-block`,u&&`w-waiting`),h=r(``,i.iconSize,`sm md lg xl 2xl`)?.slice(1),g=f||t(i.iconStart||i.iconEnd).replace(/[-:]/g,` `)||(c?.type??``);return o`<button type=${l?`submit`:`button`} class=${m} ?disabled=${i.disabled===!0}
aria-disabled=${u||A(s.isBusy,c)} aria-busy=${u} aria-label=${g} @click=${d}
>${e.icon(i.iconStart,h)}${f}${e.icon(i.iconEnd,h)}</button>`},Se=(e,t,n)=>M(e,t,n,`input`),Ce=(e,t,n)=>M(e,t,n,`textarea`,typeof t.rows==`number`?t.rows:3);function M(e,n,i,a,o=3){let{html:s,nothing:c}=e.kit,l=t(n.name),u=N(n),d=E(i,l),f=i.labelled.has(l)?c:t(n.placeholder)||l,p=t(n.placeholder),m=t(n.defaultValue),h=n.allowAutofillExtensions===!0?t(n.autoComplete)||`on`:`off`;return a===`textarea`?s`<textarea id=${d} data-field=${l} class=${u} rows=${Math.min(Math.max(o,1),20)}
maxlength=${j} aria-label=${f} placeholder=${p}
?required=${n.required===!0} ?disabled=${n.disabled===!0} .defaultValue=${m}></textarea>`:s`<input id=${d} data-field=${l} class=${u} type=${r(``,n.inputType,be)?.slice(1)??`text`} value=${m}
maxlength=${j} aria-label=${f} placeholder=${p} autocomplete=${h}
pattern=${we(n.pattern)??c} ?required=${n.required===!0}
?disabled=${n.disabled===!0}>`}function we(e){return typeof e!=`string`||e.length>200||/\([^)]*[+*}][^)]*\)\s*[+*{]/.test(e)?null:e}function N(e){return n(`w-field`,r(`w`,e.variant,`soft outline solid ghost`),r(`w-size`,e.size,`3xs 2xs xs sm md lg xl 2xl 3xl`),e.pill===!0&&`w-pill`,e.block===!0&&`w-block`)}function P(e,t,n){let r=D(t.onChangeAction);return t=>{r!==null&&e.waiting.act(r,n,t.currentTarget,`none`)}}var Te=(e,r,i)=>{let{html:a,nothing:o}=e.kit,s=t(r.name),c=t(r.defaultValue),l=c===``||r.clearable===!0,u=i.labelled.has(s)?o:t(r.placeholder)||s;return a`<select id=${E(i,s)} data-field=${s} class=${n(N(r),`w-select`)}
aria-label=${u} ?disabled=${r.disabled===!0} @change=${P(e,r,i)}>
${l?a`<option value="" ?selected=${c===``}>${t(r.placeholder)||`–`}</option>`:o}
${F(r).map(e=>a`<option value=${t(e.value)} ?disabled=${e.disabled===!0}
?selected=${c!==``&&e.value===c}>${[t(e.label)||t(e.value),t(e.description)].filter(Boolean).join(` – `)}</option>`)}
</select>`};function F(e){return(Array.isArray(e.options)?e.options.slice(0,ye):[]).filter(e=>typeof e==`object`&&!!e)}var Ee=(e,n,r)=>{let{html:i,nothing:a}=e.kit,o=t(n.name),s=r.labelled.has(o)?a:t(n.placeholder)||o;return i`<input type="date" id=${E(r,o)} data-field=${o} class=${N(n)}
value=${I(n.defaultValue)} min=${I(n.min)||a} max=${I(n.max)||a}
aria-label=${s} ?disabled=${n.disabled===!0} @change=${P(e,n,r)}>`};function I(e){return typeof e==`string`?/^\d{4}-\d{2}-\d{2}/.exec(e)?.[0]??``:``}var De={Button:xe,Input:Se,Textarea:Ce,Select:Te,DatePicker:Ee,Checkbox:(e,n,r)=>{let{html:i}=e.kit,a=t(n.name);return i`<label class="w-check"><input type="checkbox" id=${E(r,a)} data-field=${a}
?checked=${n.defaultChecked===!0} ?required=${n.required===!0} ?disabled=${n.disabled===!0}
@change=${P(e,n,r)}><span>${t(n.label)||a}</span></label>`},RadioGroup:(e,r,i)=>{let{html:a}=e.kit,o=t(r.name),s=E(i,o),c=r.disabled===!0;return a`<div role="radiogroup" class=${n(`w-radios`,r.direction===`row`?`w-row`:`w-col`)} aria-label=${t(r.ariaLabel)||o}>
${F(r).map(n=>a`<label class="w-check"><input type="radio" name=${s} data-field=${o}
value=${t(n.value)} ?checked=${n.value===r.defaultValue} ?required=${r.required===!0}
?disabled=${c||n.disabled===!0} @change=${P(e,r,i)}
><span>${t(n.label)||t(n.value)}</span></label>`)}
</div>`},Label:(e,i,a)=>{let o=n(`w-label`,r(`w-text`,i.size,`xs sm md lg xl`),r(`w-weight`,i.weight,`normal medium semibold bold`),r(`w-align`,i.textAlign,`start center end`));return e.kit.html`<label class=${o} for=${E(a,t(i.fieldName))}
${e.styled({color:d(i.color)})}>${t(i.value)}</label>`}},Oe={cover:`cover`,contain:`contain`,fill:`fill`,"scale-down":`scale-down`,none:`none`},ke={"top left":`left top`,top:`top`,"top right":`right top`,left:`left`,center:`center`,right:`right`,"bottom left":`left bottom`,bottom:`bottom`,"bottom right":`right bottom`},Ae=40;function L(e){let t=R(e.maxLines),n=R(e.minLines);return{color:d(e.color),width:s(e.width),"-webkit-line-clamp":t===null?null:String(t),"min-height":n===null?null:`${n*1.5}em`}}function R(e){return typeof e==`number`&&e>=1?Math.min(Math.floor(e),Ae):null}function z(e,t){return n(e,r(e,t.size,`xs sm md lg xl 2xl 3xl 4xl 5xl`),r(`w-weight`,t.weight,`normal medium semibold bold`),r(`w-align`,t.textAlign,`start center end`),t.truncate===!0&&`w-truncate`,R(t.maxLines)!==null&&`w-clamp`,t.italic===!0&&`w-italic`,t.lineThrough===!0&&`w-through`)}var je={Text:(e,n,r)=>{if(typeof n.editable==`object`&&n.editable!==null){let t=n.editable;if(typeof t.name==`string`){let i=R(n.minLines)??1;return M(e,{...t,defaultValue:n.value},r,i>1?`textarea`:`input`,i)}}return e.kit.html`<p class=${z(`w-text`,n)} ${e.styled(L(n))}
aria-busy=${n.streaming===!0}>${t(n.value)}</p>`},Title:(e,n)=>e.kit.html`<h3 class=${z(`w-title`,n)} ${e.styled(L(n))}>${t(n.value)}</h3>`,Caption:(e,n)=>e.kit.html`<p class=${z(`w-caption`,n)} ${e.styled(L(n))}>${t(n.value)}</p>`,Markdown:(e,n)=>e.kit.html`<div class="w-markdown">${e.markdown(n,t(n.value),n.streaming===!0)}</div>`,Badge:(e,i)=>{let a=n(`w-badge`,r(`w-hue`,i.color,`secondary success danger warning info discovery`)??`w-hue-secondary`,r(`w`,i.variant,`solid soft outline`)??`w-soft`,r(`w-badge`,i.size,`sm md lg`),i.pill===!0&&`w-pill`);return e.kit.html`<span class=${a}>${t(i.label)}</span>`},Icon:(e,t)=>{let n=r(``,t.size,`xs sm md lg xl 2xl 3xl`)?.slice(1);return e.kit.html`<span class="w-icon-box" ${e.styled({color:d(t.color)})}>${e.icon(t.name,n)}</span>`},Image:(e,t)=>{let r={...v(t),"object-fit":_(Oe,t.fit),"object-position":_(ke,t.position)},i=n(t.frame===!0&&`w-frame`,t.flush===!0&&`w-flush`);return e.picture(t.src,t.alt,r,i)},Chart:de},B=`M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z`,V=`M6 3h8l4 4v14H6zM14 3v4h4`,H={agent:`M6 9h12v10H6zM12 9V5M9.5 13.5h.01M14.5 13.5h.01M12 4h.01M3 13v3M21 13v3`,analytics:`M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6`,atom:`M12 12h.01M12 8c5 0 9 1.8 9 4s-4 4-9 4-9-1.8-9-4 4-4 9-4ZM8.5 10c2.5-4.3 6-6.8 8-5.7s1.5 5.4-1 9.7-6 6.8-8 5.7-1.5-5.4 1-9.7Z`,batch:`M4 8l8-4 8 4-8 4zM4 12l8 4 8-4M4 16l8 4 8-4`,bolt:`M13 3 5 13.5h6L10 21l8-10.5h-6z`,"book-open":`M12 7v13M3 5.5c3.5-1 6.5-.6 9 1.5 2.5-2.1 5.5-2.5 9-1.5V18.5c-3.5-1-6.5-.6-9 1.5-2.5-2.1-5.5-2.5-9-1.5Z`,"book-closed":`M6 3h13v18H7.5A2.5 2.5 0 0 1 5 18.5V4M5 18.5A2.5 2.5 0 0 1 7.5 16H19`,bug:`M8 9h8v6a4 4 0 0 1-8 0zM9 9a3 3 0 0 1 6 0M4 13h4M16 13h4M5 7l3 2M19 7l-3 2M5 19l3-2M19 19l-3-2`,calendar:`M4 6h16v14H4zM4 10h16M8 3v4M16 3v4`,check:`M5 12.5 10 17.5 19 7`,"check-circle":`${B}M8 12.5l3 3 5-6`,"chevron-left":`M14.5 6l-6 6 6 6`,"chevron-right":`M9.5 6l6 6-6 6`,"circle-question":`${B}M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .8-1 1.7M12 16.5h.01`,clock:`${B}M12 7v5l3 2`,compass:`${B}M15.5 8.5l-2 5-5 2 2-5z`,confetti:`M4 20l5-12 7 7zM14 4v2M19 5l-2 2M18 10h2M11 3l1 2`,cube:`M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9`,desktop:`M3 5h18v11H3zM9 20h6M12 16v4`,document:`${V}M9 12h6M9 16h6`,dot:`M12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z`,"dots-horizontal":`M6 12h.01M12 12h.01M18 12h.01`,"dots-vertical":`M12 6h.01M12 12h.01M12 18h.01`,"empty-circle":B,"external-link":`M14 4h6v6M20 4l-9 9M18 14v6H4V6h6`,globe:`${B}M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18`,keys:`M8 12a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10.5 13l8-8M15 8.5l3 3`,lab:`M9 3h6M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3M7.5 15h9`,info:`${B}M12 11v5M12 8h.01`,lifesaver:`${B}M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM5.7 5.7l3.8 3.8M14.5 14.5l3.8 3.8M18.3 5.7l-3.8 3.8M9.5 14.5l-3.8 3.8`,lightbulb:`M9 17a6.5 6.5 0 1 1 6 0v2H9zM10 21h4`,mail:`M3 6h18v13H3zM3 7l9 7 9-7`,"map-pin":`M12 21c-4-4.5-6-8-6-11a6 6 0 1 1 12 0c0 3-2 6.5-6 11ZM12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z`,maps:`M4 6l5-2 6 2 5-2v14l-5 2-6-2-5 2zM9 4v14M15 6v14`,mobile:`M7 3h10v18H7zM11 18h2`,notebook:`M6 3h13v18H6zM10 3v18M3.5 8H7M3.5 16H7`,"page-blank":V,phone:`M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2C10.5 20.5 3.5 13.5 3 6a2 2 0 0 1 2-2Z`,play:`M7 4.5v15l12-7.5z`,plus:`M12 5v14M5 12h14`,"profile-card":`M3 5h18v14H3zM8.5 9a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM5.5 16.5c.3-1.5 1.4-2.2 3-2.2s2.7.7 3 2.2M14.5 10h4M14.5 14h4`,reload:`M20 11a8 8 0 1 0-2.3 6.7M20 5v6h-6`,search:`M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l4.5 4.5`,"settings-slider":`M4 8h9M17 8h3M15 5.5v5M4 16h3M11 16h9M9 13.5v5`,sparkle:`M12 3c.6 4.8 3.2 7.9 9 9-5.8 1.1-8.4 4.2-9 9-.6-4.8-3.2-7.9-9-9 5.8-1.1 8.4-4.2 9-9Z`,"square-code":`M4 4h16v16H4zM10 9l-3 3 3 3M14 9l3 3-3 3`,"square-image":`M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.5 8.5h.01`,"square-text":`M4 4h16v16H4zM8 9h8M8 12h8M8 15h5`,star:`m12 3 2.7 5.8 6.3.7-4.7 4.3 1.3 6.2L12 16.9 6.4 20l1.3-6.2L3 9.5l6.3-.7Z`,suitcase:`M3 8h18v12H3zM9 8V4h6v4M3 13h18`,user:`M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM5 20c.6-3.6 3.2-5.5 7-5.5s6.4 1.9 7 5.5`,wreath:`M7 4c-4 5-4 11 5 16M17 4c4 5 4 11-5 16M4 10l3 1M20 10l-3 1M6 15l3-1M18 15l-3-1`,write:`M4 20l1-4L16 5l3 3L8 19zM14 7l3 3`,close:`M6 6l12 12M18 6L6 18`},U={"book-clock":`book-open`,chart:`analytics`,"check-circle-filled":`check-circle`,images:`square-image`,name:`profile-card`,"notebook-pencil":`write`,profile:`user`,"sparkle-double":`sparkle`,"star-filled":`star`,"write-alt":`write`,"write-alt2":`write`,file:`document`,"file-text":`document`,pencil:`write`,pen:`write`,zap:`bolt`,x:`close`,"refresh-cw":`reload`,book:`book-closed`,image:`square-image`,map:`maps`,briefcase:`suitcase`,smartphone:`mobile`,monitor:`desktop`,"circle-help":`circle-question`,"circle-check":`check-circle`,"graduation-cap":`book-open`,flask:`lab`},Me=/* @__PURE__ */ new Set([`check-circle-filled`,`star-filled`,`dot`]);function Ne({svg:e,html:t,nothing:n},r,i=`md`){if(typeof r!=`string`)return n;let a=r.replace(/^(lucide|vendor):/,``),o=Object.hasOwn(U,a)?U[a]??``:a,s=Object.hasOwn(H,o)?H[o]:H.dot;return t`<svg class="w-icon w-icon-${i}" viewBox="0 0 24 24" fill=${Me.has(a)&&a!==`check-circle-filled`?`currentColor`:`none`} stroke="currentColor" stroke-width="1.75"
stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${e`<path d=${s??``}/>`}</svg>`}var Pe=500,Fe=(e,t,a)=>{let{html:o}=e.kit,s=t.asForm===!0&&!a.isInForm,c={...a,isInForm:a.isInForm||s},l=e.waiting.isHeld(a.item.id),u=o`<div class="w-card-body" ${e.styled(Ie(t))}>${e.children(t,c)}</div>`,f=o`
${K(e,t.status)}
${t.collapsed===!0?Le(e,t,u):u}
${Re(e,t,c,s)}`,p=n(`w-card`,r(`w-card`,t.size,`sm md lg full`),r(`w-theme`,t.theme,`light dark`),l&&`w-held`),m=e.styled({background:d(t.background)});if(!s)return o`<section class=${p} ?inert=${l} ?data-form=${t.asForm===!0} ${m}>
${f}</section>`;let h=D(i(t.confirm).action);return o`<form class=${p} data-form ?inert=${l} ${m}
@submit=${t=>G(e,t,h,a,`container`)}>${f}</form>`};function Ie({padding:e}){return v({padding:e})}function Le(e,t,n){let r=e.kit.wordsOf(t.children).slice(0,80)||e.kit.strings.details;return e.kit.html`<details class="w-folded"><summary>${r}</summary>${n}</details>`}function Re(e,t,n,r){let{html:a,nothing:o}=e.kit,[s,c]=[i(t.confirm),i(t.cancel)];return!D(s.action)&&!D(c.action)?o:a`<div class="w-footer">
${W(e,c,n,`w-button w-outline`,!1)}
${W(e,s,n,`w-button w-solid`,r)}
</div>`}function W(e,n,r,i,a){let{html:o,nothing:s,host:c}=e.kit,l=D(n.action);return l===null?s:o`<button type=${a?`submit`:`button`} class=${i} @click=${t=>{a||e.waiting.act(l,r,t.currentTarget,`container`)}}
aria-disabled=${A(c.isBusy,l)}>${t(n.label)||l.type}</button>`}function G(e,t,n,r,i){t.preventDefault(),t.stopPropagation(),n!==null&&e.waiting.act(n,r,t.currentTarget,i)}function K(e,n){let{html:r,nothing:a}=e.kit,{text:o,icon:s,favicon:c}=i(n);return typeof o==`string`?r`<p class="w-status">
${typeof c==`string`&&e.kit.mayFetch(c)?e.picture(c,``,{},`w-favicon`):e.icon(s,`sm`)}<span>${t(o)}</span>
</p>`:a}var ze=(e,t,i)=>{let{html:a,nothing:o,strings:s,host:c}=e.kit,l=Array.isArray(t.children)?t.children.slice(0,Pe):[],u=i.item.id+i.path,d=t.limit===`auto`?6:t.limit,f=typeof d==`number`&&d>0&&d<l.length&&!e.opened.has(u),p={...t,children:f?l.slice(0,Math.floor(d)||1):l};return a`<section class=${n(`w-list`,r(`w-theme`,t.theme,`light dark`))}>
${K(e,t.status)}
<ul>${e.children(p,i)}</ul>
${f?a`<button type="button" class="w-more" @click=${()=>{e.opened.add(u),c.redraw()}}>${s.showMore}</button>`:o}
</section>`},Be=(e,t,r)=>{let{html:i,nothing:a,host:o,wordsOf:s,strings:c}=e.kit,l=D(t.onClickAction),u=i`<button type="button" class="w-row-act" @click=${t=>{l!==null&&e.waiting.act(l,r,t.currentTarget,`self`)}}
aria-label=${s(t).slice(0,120)||c.openItem} aria-disabled=${A(o.isBusy,l)}></button>`,d=n(`w-item`,e.waiting.isWaiting(r)&&`w-waiting`),{gap:f,align:p}=t,m=i`<div class=${d} ${e.styled(v({gap:f,align:p}))}>
${l===null?a:u}${e.children(t,r)}</div>`;return r.depth===1?i`<li>${m}</li>`:m},Ve=(e,t,i)=>{let{html:a}=e.kit;return a`<div class=${n(`w-basic`,r(`w-theme`,t.theme,`light dark`))} ${e.styled(v(t))}>${e.children(t,i)}</div>`};function q(e){return(t,n,r)=>t.kit.html`<div class=${e(n)}
${t.styled(v(n))}>${t.children(n,r)}</div>`}var J=e=>e.direction===`row`?`w-row`:`w-col`,Y={Card:Fe,ListView:ze,ListViewItem:Be,Basic:Ve,Box:q(J),Row:q(()=>`w-row`),Col:q(()=>`w-col`),Form:(e,t,r)=>{if(r.isInForm)return q(J)(e,t,r);let i=D(t.onSubmitAction);return e.kit.html`<form class=${n(J(t),e.waiting.isWaiting(r)&&`w-held`)} data-form
@submit=${t=>G(e,t,i,r,`self`)}
${e.styled(v(t))}>${e.children(t,{...r,isInForm:!0})}</form>`},Transition:(e,t,n)=>{let r=w(n,0),[i]=Array.isArray(t.children)?t.children:[t.children];return r===null?e.kit.nothing:e.node(i,r)},Divider:(e,t)=>e.kit.html`<hr class=${n(`w-divider`,t.flush===!0&&`w-flush`)}
${e.styled({"border-top-width":s(t.size),"border-top-color":d(t.color),"margin-block":s(t.spacing,4)})}>`,Spacer:(e,t)=>e.kit.html`<div class="w-spacer" ${e.styled({"flex-basis":s(t.minSize)})}></div>`,...je,...De},He=class{#e;constructor(e){this.kit=e,this.opened=/* @__PURE__ */ new Set,this.canvases=/* @__PURE__ */ new Map,this.#e=/* @__PURE__ */ new WeakMap,this.waiting=new ve(e.host),this.styled=oe(e)}widget(e){return this.node(e.widget,ge(e))}node(e,t){let{html:n,nothing:r}=this.kit;if(typeof e!=`object`||!e)return r;let i=e,a=typeof i.type==`string`&&Object.hasOwn(Y,i.type)?Y[i.type]:null;if(a)return a(this,i,t);let o=this.kit.wordsOf({...i,children:null}),s=this.children(i,t);return n`<div class="w-col">${o?n`<p class="w-text">${o}</p>`:r}${s}</div>`}children({children:e},t){let n=Array.isArray(e)?e:[e],r=[];for(let[e,i]of n.entries()){let n=w(t,e);if(n!==null)r.push(this.node(i,n));else if(i!=null){r.push(this.kit.html`<p class="w-caption">${this.kit.strings.cutWidget}</p>`);break}}return r}icon(e,t){return Ne(this.kit,e,t)}markdown(t,n,r){let i=this.#e.get(t);if(i!==void 0)return i;let a=document.createElement(`div`);return a.className=`answer`,a.append(this.kit.markdown(n.slice(0,e),r)),this.#e.set(t,a),a}picture(e,n,r,i=``){let{html:a,nothing:o,strings:s}=this.kit,c=typeof e==`string`?e:``,l=t(n);if(this.kit.mayFetch(c))return a`<img class=${`w-image ${i}`} src=${c} alt=${l} loading="lazy" decoding="async"
referrerpolicy="no-referrer" ${this.styled(r)}>`;let u=this.kit.link(c),d=l||s.image;return u===null?l?a`<span class="w-caption">${l}</span>`:o:a`<a class=${u.isExternal?`external`:``} href=${u.href} target="_blank"
rel="noopener noreferrer nofollow">${d}</a>`}},Ue=/^data:(image\/(?:png|jpeg|webp));base64,([A-Za-z0-9+/]+={0,2})$/,We=4096;function Ge(e,t,n){let{html:r,nothing:i,strings:a}=e.kit,{image:o,progress:s}=t,c=o&&!n,l=typeof s==`number`?Math.min(Math.max(s,0),1):null,u=r`<figcaption><span>${a.imageComing}</span>
${l===null?i:r`<progress max="1" .value=${l} aria-label=${a.imageComing}></progress>`}</figcaption>`;return r`<figure class="w-figure" aria-busy=${!c}>
${o?Ke(e,t.id,o.url):r`<div class="w-blank"></div>`}${c?i:u}
</figure>`}function Ke(e,t,n){let[,r=``,i=``]=Ue.exec(n)??[];if(i===``)return e.picture(n,e.kit.strings.imageMade,{});let{canvases:a}=e,o=a.get(t);if(o?.url===n)return o.canvas;let s=o?.canvas??document.createElement(`canvas`);return s.className=`w-image`,s.setAttribute(`role`,`img`),s.setAttribute(`aria-label`,e.kit.strings.imageMade),a.set(t,{url:n,canvas:s}),Je(s,new Blob([qe(i)],{type:r}),()=>a.get(t)?.url===n),s}function qe(e){try{return Uint8Array.from(atob(e),e=>e.charCodeAt(0))}catch(e){if(e instanceof DOMException)return/* @__PURE__ */ new Uint8Array;throw e}}async function Je(e,t,n){let r;try{r=await createImageBitmap(t)}catch(e){if(e instanceof DOMException)return;throw e}if(!n())return;let i=Math.min(1,We/Math.max(r.width,r.height));e.width=Math.round(r.width*i),e.height=Math.round(r.height*i),e.getContext(`2d`)?.drawImage(r,0,0,e.width,e.height),r.close()}var Ye=500;function Xe(e){return $(e,e=>{let n=i(e);if(typeof n.id!=`string`)return null;let r=i(n.answer);return{id:n.id,type:n.type===`multiple_choice`?`multiple_choice`:`freeform`,question:t(n.question)||n.id,description:Q(n.description),options:$(n.options,e=>({value:t(i(e).value)})),multiple:n.multiple===!0,answer:{values:$(r.values,Q),skipped:r.skipped===!0}}})}function Ze(e){let{title:t,icon:n,duration:r}=i(e.summary);return{type:e.type===`reasoning`?`reasoning`:`custom`,tasks:$(e.tasks,e=>typeof e==`object`&&e?Z(e):null),expanded:e.expanded===!0,summary:{...typeof t==`string`?{title:t}:{},...typeof n==`string`?{icon:n}:{},...typeof r==`number`?{duration:r}:{}}}}var X=/* @__PURE__ */ new WeakMap;function Z(e){let t=X.get(e)??Qe(e);return X.set(e,t),t}function Qe(e){let{type:t,status_indicator:n}=e;return{type:t===`web_search`||t===`thought`||t===`file`||t===`image`?t:`custom`,status_indicator:n===`loading`||n===`complete`?n:`none`,title:Q(e.title),icon:Q(e.icon),title_query:Q(e.title_query),content:Q(e.content),queries:$(e.queries,Q),sources:$(e.sources,$e)}}function $e(e){let{type:n,title:r,url:a,filename:o}=i(e);if(n===`url`&&typeof a==`string`)return{type:n,url:a,title:t(r)||a};let s=t(r)||t(o);return s===``?null:{type:`file`,title:s,filename:t(o)}}function Q(e){return t(e)||null}function $(e,t){return(Array.isArray(e)?e.slice(0,Ye):[]).map(t).filter(e=>e!==null)}var et=1e4;function tt(e,t){let{html:r,strings:i,host:a}=e.kit,o=Xe(t.inputs);return t.status===`pending`?r`<form class=${n(`w-card`,`w-questions`)} @submit=${e=>{e.preventDefault();let n=e.currentTarget;a.isBusy||a.answer(t,{status:`answered`,answers:it(n,o)})}}>
${o.map((n,r)=>rt(e,t,n,r))}
<div class="w-footer">
<button type="button" class="w-button w-ghost" aria-disabled=${a.isBusy} @click=${()=>{a.isBusy||a.answer(t,{status:`skipped`,answers:{}})}}>${i.skip}</button>
<button type="submit" class="w-button w-solid" aria-disabled=${a.isBusy}>${i.toSend}</button>
</div>
</form>`:r`<dl class="w-answers">${t.inputs.map(e=>r`<dt>${e.question}</dt>
<dd>${nt(e)||r`<span class="w-caption">${i.skipped}</span>`}</dd>`)}</dl>`}function nt({answer:e}){return e&&!e.skipped?e.values.join(`, `):``}function rt(e,t,n,r){let{html:i,nothing:a,strings:o}=e.kit,s=`q-${t.id.replace(/[^a-zA-Z0-9]/g,`-`)}-${r}`;if(n.type===`freeform`){let e=!!n.description;return i`<div class="w-col w-question">
<label class="w-label" for=${s}>${n.question}</label>
${e?i`<p class="w-caption" id=${`${s}-more`}>${n.description}</p>`:a}
<textarea class="w-field" id=${s} rows="2" data-at=${r} maxlength=${et}
aria-describedby=${e?`${s}-more`:a}></textarea>
</div>`}let c=n.multiple===!0?`checkbox`:`radio`;return i`<fieldset class="w-col w-question">
<legend class="w-label">${n.question}</legend>
${(n.options??[]).map(({value:e})=>i`<label class="w-check"><input type=${c} name=${s} data-at=${r} value=${e}
><span>${e}</span></label>`)}
<input class="w-field" type="text" data-at=${r} placeholder=${o.ownAnswer} aria-label=${o.ownAnswer}
maxlength=${et} autocomplete="off">
</fieldset>`}function it(e,t){let n=t.map((t,n)=>{let r=[...e.querySelectorAll(`[data-at="${n}"]`)],i=({type:e})=>e===`checkbox`||e===`radio`,a=r.filter(e=>i(e)&&e.checked).map(({value:e})=>e),o=r.filter(e=>!i(e)).map(({value:e})=>e.trim()).filter(e=>e!==``),s=t.multiple===!0?[...a,...o]:[...o,...a].slice(0,1);return[t.id,{values:s,skipped:s.length===0}]});return Object.fromEntries(n)}var at={openItem:`Open`,unreadable:`Part of this answer cannot be shown here.`,cutWidget:`There is more than can be shown here.`,showMore:`Show more`,details:`Details`,image:`Image`,imageComing:`The image is being made…`,imageMade:`A generated image`,underWork:`Working…`,workedFor:`Worked for {time}`,thoughtFor:`Thought for {time}`,steps:`Steps`,done:`done`,underWay:`under way`,thought:`Thought`,searched:`Searched the web`,readFiles:`Read files`,madeImage:`Made an image`,usingTool:`Using this page: {name}`,usedTool:`Used this page: {name}`,toSend:`Send answers`,skip:`Skip`,skipped:`Skipped`,ownAnswer:`Your own answer`};function ot(e,t,r){let{html:i,nothing:a}=e.kit,o=Ze(t.workflow),{tasks:s,summary:c,expanded:l}=o;return i`<details class=${n(`w-workflow`,r&&`w-growing`)} ?open=${l===!0}>
<summary>${c?.icon?e.icon(c.icon,`sm`):a}<span>${ct(e,o,r)}</span></summary>
<ol aria-label=${e.kit.strings.steps}>${s.map(t=>i`<li class=${`w-${t.status_indicator??`none`}`}>
${lt(e,t)}<div>${dt(e,t,r)}</div></li>`)}</ol>
</details>`}function st(e,{task:t},n){return e.kit.html`<div class="w-task">${dt(e,Z(t),n)}</div>`}function ct({kit:{strings:e,say:t,duration:n}},r,i){let{summary:a,tasks:o,type:s}=r;if(a?.title)return a.title;if(typeof a?.duration==`number`)return t(s===`reasoning`?e.thoughtFor:e.workedFor,{time:n(a.duration)});let c=o.findLast(e=>e.status_indicator===`loading`)??o.at(-1);return c&&ut(c,e)||(i?e.underWork:e.steps)}function lt(e,{status_indicator:t,type:n,icon:r}){let{html:i,strings:a}=e.kit;return t===`loading`?i`<span class="w-mark w-spin" role="img" aria-label=${a.underWay}></span>`:t===`complete`?i`<span class="w-mark" role="img" aria-label=${a.done}>${e.icon(`check`,`sm`)}</span>`:i`<span class="w-mark">${e.icon(r??{web_search:`search`,thought:`lightbulb`,file:`document`,image:`square-image`,custom:`dot`}[n],`sm`)}</span>`}function ut(e,t){if(e.title)return e.title;switch(e.type){case`web_search`:return e.title_query??t.searched;case`thought`:return t.thought;case`file`:return t.readFiles;case`image`:return t.madeImage;case`custom`:return``}}function dt(e,t,n){let{html:r,nothing:i,strings:a}=e.kit,o=ut(t,a),s=t.queries??[],c=t.sources??[];return r`${o?r`<p class="w-step">${o}</p>`:i}
${t.content?e.markdown(t,t.content,n):i}
${s.length>0?r`<ul class="w-queries">${s.map(e=>r`<li>${e}</li>`)}</ul>`:i}
${c.length>0?r`<ul class="w-sources">${c.map(t=>r`<li>${ft(e,t)}</li>`)}</ul>`:i}`}function ft(e,t){let{html:n}=e.kit,r=t.type===`url`?e.kit.link(t.url):null;return r===null?n`<span>${t.title}</span>`:r.isExternal?n`<a class="external" href=${r.href} target="_blank" rel="noopener noreferrer nofollow">${t.title}</a>`:n`<a href=${r.href}>${t.title}</a>`}var pt=`
.thing {
--_success: light-dark(#1d6b3c, #86d3a1);
--_warning: light-dark(#8a5200, #efbe70);
--_info: light-dark(#1d4f7c, #93bfe6);
--_discovery: light-dark(#5b3a9e, #bfa6f2);
--_hue: var(--_accent);
--_on-hue: light-dark(#fff, #14181d);
margin-block: 0 16px;
min-width: 0;
overflow-wrap: anywhere;
}
.thing > * { max-width: 100%; }
.thing :is(p, h3, ul, ol, figure, dl, dd, fieldset):not(.answer *) { margin: 0; padding: 0; list-style: none; }
.thing fieldset { border: 0; min-width: 0; }
.thing .answer > :last-child { margin-block-end: 0; }
.w-theme-light { color-scheme: light; --_accent: #1d4f7c; --_on-accent: #fff; --_background: #fffefb; --_surface: #f4f2ec;
--_text: #23211d; --_muted: #69645b; --_border: #dedad0; --_danger: #a12b22; color: var(--_text); }
.w-theme-dark { color-scheme: dark; --_accent: #93bfe6; --_on-accent: #10202f; --_background: #1b1b1d; --_surface: #27272a;
--_text: #e8e5de; --_muted: #a39e94; --_border: #3a3a3d; --_danger: #f0938a; color: var(--_text); }

.question .attached { display: flex; align-items: center; gap: 6px; margin-block-start: 6px; font-size: 13px; font-weight: 400; }
.attached img { width: 40px; height: 40px; object-fit: cover; border-radius: 6px; }
.attached .icon { width: 16px; height: 16px; color: var(--_muted); }
.w-card, .w-list, .w-basic { border: 1px solid var(--_border); border-radius: 12px; background: var(--_background); overflow: hidden; }
.w-basic { border: 0; border-radius: 0; background: none; display: flex; flex-direction: column; gap: 8px; }
.w-card { display: flex; flex-direction: column; }
.w-card-sm { max-width: 300px; }
.w-card-md { max-width: 400px; }
.w-card-lg { max-width: 520px; }
.w-card-body { display: flex; flex-direction: column; gap: 10px; padding: 16px; min-width: 0; }
.w-card-body > *, .w-col > *, .w-basic > * { max-width: 100%; }
.w-held { opacity: 0.55; }
.w-status { display: flex; align-items: center; gap: 8px; padding: 9px 16px !important; border-block-end: 1px solid var(--_border);
color: var(--_muted); font-size: 13px; line-height: 1.4; }
.w-favicon { width: 16px; height: 16px; border-radius: 3px; }
.w-footer { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; padding: 0 16px 16px; }
.w-folded > summary { padding: 10px 16px; cursor: pointer; color: var(--_muted); font-size: 13.5px; }
.w-list ul { display: grid; }
.w-list li + li { border-block-start: 1px solid var(--_border); }
.w-item { position: relative; display: flex; align-items: center; gap: 12px; padding: 10px 16px; min-width: 0; }
.w-item > * { min-width: 0; }
.w-row-act { position: absolute; inset: 0; border: 0; background: none; padding: 0; }
.w-row-act:hover { background: color-mix(in srgb, var(--_text) 5%, transparent); }
.w-row-act:focus-visible { outline-offset: -3px; }
.w-item > :not(.w-row-act) { position: relative; pointer-events: none; }
.w-item :is(button, a, input, select, textarea, label) { pointer-events: auto; }
.w-more { width: 100%; min-height: 40px; border: 0; border-block-start: 1px solid var(--_border); background: none; font-size: 13.5px;
font-weight: 500; color: var(--_accent); }
.w-more:hover { background: var(--_surface); }
.w-row { display: flex; flex-direction: row; align-items: center; gap: 8px; min-width: 0; }
.w-col { display: flex; flex-direction: column; gap: 4px; min-width: 0; }
.w-row > *, .w-col > * { min-width: 0; flex-shrink: 1; }
.w-row > .w-icon-box, .w-row > .w-badge, .w-row > .w-button, .w-row > .w-image { flex-shrink: 0; }
.w-spacer { flex: 1 1 0; }
.w-divider { width: 100%; margin: 4px 0; border: 0; border-block-start: 1px solid var(--_border); }
.w-card-body > .w-flush { width: calc(100% + 32px); max-width: none; margin-inline: -16px; }

.w-text { font-size: 14.5px; line-height: 1.5; }
.w-text-xs { font-size: 12.5px; }
.w-text-sm { font-size: 13.5px; }
.w-text-md { font-size: 14.5px; }
.w-text-lg { font-size: 16px; }
.w-text-xl { font-size: 18px; }
.w-title { font-size: 17px; font-weight: 650; line-height: 1.3; text-wrap: balance; }
.w-title-sm { font-size: 15px; }
.w-title-md { font-size: 17px; }
.w-title-lg { font-size: 20px; }
.w-title-xl { font-size: 23px; }
.w-title-2xl { font-size: 26px; }
.w-title-3xl { font-size: 30px; line-height: 1.15; }
.w-title-4xl { font-size: 34px; line-height: 1.1; }
.w-title-5xl { font-size: 40px; line-height: 1.05; }
.w-caption { color: var(--_muted); font-size: 13px; line-height: 1.45; }
.w-caption-sm { font-size: 12px; }
.w-caption-lg { font-size: 14px; }
.w-weight-normal { font-weight: 400; }
.w-weight-medium { font-weight: 500; }
.w-weight-semibold { font-weight: 600; }
.w-weight-bold { font-weight: 700; }
.w-align-center { text-align: center; }
.w-align-end { text-align: end; }
.w-italic { font-style: italic; }
.w-through { text-decoration: line-through; }
.w-truncate { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.w-clamp { display: -webkit-box; -webkit-box-orient: vertical; overflow: hidden; }
.w-markdown { min-width: 0; }
.w-icon-box { display: inline-flex; }
.w-icon { display: block; flex: none; width: 20px; height: 20px; }
.w-icon-xs { width: 14px; height: 14px; }
.w-icon-sm { width: 16px; height: 16px; }
.w-icon-lg { width: 24px; height: 24px; }
.w-icon-xl { width: 28px; height: 28px; }
.w-icon-2xl { width: 34px; height: 34px; }
.w-icon-3xl { width: 42px; height: 42px; }
.w-image { display: block; max-width: 100%; height: auto; object-fit: cover; }
.w-frame { border: 1px solid var(--_border); }
.w-badge { display: inline-flex; align-items: center; align-self: flex-start; padding: 1px 8px; border: 1px solid transparent;
border-radius: 6px; font-size: 12.5px; font-weight: 550; line-height: 1.55; white-space: nowrap; }
.w-row > .w-badge { align-self: center; }
.w-badge-sm { padding: 0 6px; font-size: 11.5px; }
.w-badge-lg { padding: 3px 10px; font-size: 13.5px; }
.w-hue-secondary { --_hue: light-dark(#57524a, #b5b0a6); }
.w-hue-success { --_hue: var(--_success); }
.w-hue-danger { --_hue: var(--_danger); }
.w-hue-warning, .w-hue-caution { --_hue: var(--_warning); }
.w-hue-info { --_hue: var(--_info); }
.w-hue-discovery { --_hue: var(--_discovery); }
.w-hue-primary { --_hue: var(--_accent); }
.w-badge.w-solid { background: var(--_hue); color: var(--_on-hue); }
.w-badge.w-soft { background: color-mix(in srgb, var(--_hue) 12%, var(--_background)); color: color-mix(in srgb, var(--_hue) 88%, var(--_text)); }
.w-badge.w-outline { border-color: color-mix(in srgb, var(--_hue) 55%, var(--_background)); color: var(--_hue); }
.w-pill { border-radius: 999px !important; }
.w-chart { overflow-x: auto; }
.w-chart table { width: 100%; border-collapse: collapse; font-size: 13.5px; line-height: 1.4; }
.w-chart th, .w-chart td { padding: 6px 12px 6px 0; border-block-end: 1px solid var(--_border); text-align: start; font-weight: 400;
vertical-align: top; font-variant-numeric: tabular-nums; }
.w-chart thead th { color: var(--_muted); font-size: 12.5px; font-weight: 600; }
.w-chart tbody th { white-space: nowrap; color: var(--_muted); }
.w-chart td { width: 40%; }
.w-bar { display: block; height: 6px; min-width: 2px; margin-block-start: 4px; border-radius: 3px; }

.w-button { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 36px; padding: 0 14px;
border: 1px solid transparent; border-radius: 8px; background: none; color: var(--_text); font-size: 14px; font-weight: 550;
line-height: 1.3; text-align: center; }
.w-button.w-solid { background: var(--_hue); color: var(--_on-hue); }
.w-button.w-solid:not([class*="w-hue-"]) { background: var(--_accent); color: var(--_on-accent); }
.w-button.w-soft { background: color-mix(in srgb, var(--_hue) 12%, var(--_background)); color: color-mix(in srgb, var(--_hue) 88%, var(--_text)); }
.w-button.w-outline { border-color: var(--_border); background: var(--_background); }
.w-button.w-outline[class*="w-hue-"], .w-button.w-ghost[class*="w-hue-"] { color: var(--_hue); }
.w-button:hover:not([aria-disabled="true"], :disabled) { filter: brightness(0.96); }
.w-button.w-outline:hover, .w-button.w-ghost:hover { background: var(--_surface); }
.w-button:disabled, .w-button[aria-disabled="true"] { opacity: 0.55; cursor: default; }
.w-button.w-pill { padding-inline: 18px; }
.w-block { width: 100%; }
.w-size-3xs, .w-size-2xs, .w-size-xs { min-height: 28px !important; padding-inline: 10px; font-size: 12.5px !important; }
.w-size-sm { min-height: 32px !important; padding-inline: 12px; font-size: 13px !important; }
.w-size-lg { min-height: 42px !important; padding-inline: 18px; font-size: 15px !important; }
.w-size-xl, .w-size-2xl, .w-size-3xl { min-height: 48px !important; padding-inline: 22px; font-size: 16px !important; }
.w-uniform { aspect-ratio: 1; padding: 0; min-width: 36px; }
.w-waiting { position: relative; }
.w-button.w-waiting::after, .w-item.w-waiting::after, .w-spin { content: ""; width: 14px; height: 14px; flex: none; border-radius: 50%;
border: 2px solid currentColor; border-block-start-color: transparent; animation: w-turn 0.8s linear infinite; }
.w-item.w-waiting::after { margin-inline-start: auto; }
@keyframes w-turn { to { transform: rotate(1turn); } }
.w-field { width: 100%; min-height: 38px; padding: 7px 11px; border: 1px solid color-mix(in srgb, var(--_border) 60%, var(--_muted));
border-radius: 8px; background: var(--_background); color: var(--_text); font: inherit; font-size: 14px; line-height: 1.5; }
textarea.w-field { flex: none; max-height: none; resize: vertical; }
.w-field.w-soft { background: var(--_surface); }
.w-field::placeholder { color: var(--_muted); opacity: 1; }
.w-field:focus-visible { outline: 2px solid var(--_accent); outline-offset: 0; border-color: transparent; }
.w-field:disabled { opacity: 0.55; }
select.w-field:not(.w-block), input[type="date"].w-field:not(.w-block) { width: auto; max-width: 100%; align-self: flex-start; }
.w-row > .w-field { width: auto; flex: 1 1 0; }
.w-label { font-size: 13.5px; font-weight: 550; line-height: 1.4; }
.w-check { display: flex; align-items: flex-start; gap: 9px; min-height: 24px; padding-block: 2px; font-size: 14px; line-height: 1.45; cursor: pointer; }
.w-check input { flex: none; width: 17px; height: 17px; margin: 2px 0 0; accent-color: var(--_accent); }
.w-radios.w-row { flex-wrap: wrap; gap: 4px 16px; }
@media (max-width: 480px) { .w-field { font-size: 16px; } }

.w-workflow > summary { display: inline-flex; align-items: center; gap: 8px; min-height: 28px; color: var(--_muted); font-size: 14px;
cursor: pointer; list-style: none; border-radius: 6px; }
.w-workflow > summary::-webkit-details-marker { display: none; }
.w-workflow > summary::after { content: ""; width: 7px; height: 7px; border: solid currentColor; border-width: 0 1.5px 1.5px 0;
transform: translateY(-2px) rotate(45deg); margin-inline: 2px; }
.w-workflow[open] > summary::after { transform: translateY(2px) rotate(225deg); }
.w-workflow > summary:hover { color: var(--_text); }
.w-workflow.w-growing > summary > span { animation: breathe 1.8s ease-in-out infinite; }
.w-workflow > ol { display: grid; margin-block-start: 6px !important; font-size: 14px; line-height: 1.5; }
.w-workflow li[class] { position: relative; display: grid; grid-template-columns: 20px 1fr; gap: 10px; padding-block-end: 12px; }
.w-workflow li[class]:not(:last-child)::before { content: ""; position: absolute; inset-block: 24px 2px; inset-inline-start: 9.5px;
width: 1px; background: var(--_border); }
.w-workflow li > div { min-width: 0; color: var(--_muted); }
.w-mark { display: grid; place-items: center; width: 20px; height: 21px; color: var(--_muted); }
.w-complete .w-mark { color: var(--_success); }
.w-mark.w-spin { width: 14px; height: 14px; margin: 4px 3px; color: var(--_accent); }
.w-step { color: var(--_text); }
.w-queries { display: flex; flex-wrap: wrap; gap: 6px; margin-block-start: 6px !important; }
.w-queries li { padding: 1px 9px; border-radius: 999px; background: var(--_surface); font-size: 12.5px; }
.w-sources { display: grid; gap: 2px; margin-block-start: 6px !important; font-size: 13.5px; }
.w-task { padding: 10px 14px; border: 1px solid var(--_border); border-radius: 10px; font-size: 14px; }
.w-call { display: flex; align-items: center; gap: 8px; }
.w-figure { display: grid; gap: 8px; }
.w-figure .w-image { width: 100%; border-radius: 10px; border: 1px solid var(--_border); }
.w-figure[aria-busy="true"] .w-image { opacity: 0.75; }
.w-blank { aspect-ratio: 1; max-height: 220px; border-radius: 10px; background: var(--_surface); }
.w-figure figcaption { display: flex; align-items: center; justify-content: space-between; gap: 12px; color: var(--_muted); font-size: 13px; }
.w-figure progress { flex: 0 1 140px; height: 6px; accent-color: var(--_accent); }
.w-questions { gap: 18px; padding-block-start: 16px; }
.w-question { gap: 8px; padding-inline: 16px !important; }
.w-question legend { padding: 0; margin-block-end: 6px; }
.w-answers { display: grid; gap: 2px; padding: 12px 16px !important; border: 1px solid var(--_border); border-radius: 12px; font-size: 14px; }
.w-answers dt { color: var(--_muted); font-size: 13px; }
.w-answers dd { font-weight: 500; }
.w-answers dd + dt { margin-block-start: 8px; }
`;function mt(e){e.addWords(at);let t=t=>ht(e,t),n=new He({...e,strings:e.STRINGS,markdown:(t,n)=>e.renderMarkdown(t,{isGrowing:n}),link:t=>e.safeLink(t,location.origin),mayFetch:t,host:gt(e)});return{draw:(e,t)=>_t(n,e,t),attached:({name:r,type:i,preview_url:a})=>{let o=i===`image`&&a&&t(a)?a:null;return e.html`<p class="attached">${o===null?n.icon(`page-blank`,`sm`):e.html`<img src=${o} alt="" loading="lazy" referrerpolicy="no-referrer">`}<span>${r}</span></p>`}}}function ht({safeLink:e,element:t},n){let r=e(n,location.origin);return r===null||!r.isExternal?r!==null:new URL(n).origin===new URL(t.server||`/`,location.href).origin}function gt({isBusy:e,getConversation:t,element:n,part:r}){return{get isBusy(){return e()},redraw:()=>r.changed(),act:async({type:e,payload:r,handler:i,streaming:a},{id:o})=>{let s={type:e,payload:r};if(i===`server`)return t()?.act(s,o,a);let c={action:s,itemId:o};n.dispatchEvent(new CustomEvent(`bookside-action`,{detail:c,bubbles:!0,composed:!0}))},answer:async(e,n)=>t()?.answer(e.id,n)}}function _t(e,t,n){let{html:r,nothing:i,strings:a,say:o}=e.kit;switch(t.type){case`widget`:return e.widget(t);case`workflow`:return ot(e,t,n);case`task`:return st(e,t,n);case`generated_image`:return Ge(e,t,n);case`structured_input`:return tt(e,t);case`client_tool_call`:{let n=t.status===`pending`?a.usingTool:a.usedTool;return r`<p class="w-caption w-call">${e.icon(`compass`,`sm`)}<span>${o(n,{name:t.name})}</span></p>`}case`unreadable`:return r`<div class="w-task"><p class="w-caption">${a.unreadable}</p>
${t.text?r`<p class="w-text">${t.text}</p>`:i}</div>`}}export{pt as STYLES,mt as drawer};