/*! Bookside, Apache-2.0. The licences of the packages inside: bookside.licenses.txt */
var e={whyBad:`What is wrong with it?`,badWrong:`Not correct`,badSources:`Sources don't support it`,badIncomplete:`Not complete`,badUnclear:`Hard to follow`,badText:`Anything else? (optional)`,sendFeedback:`Send feedback`,skip:`Skip`},t=[`badWrong`,`badSources`,`badIncomplete`,`badUnclear`];function n({faults:t,text:n}){return[...t.map(t=>e[t]),n.trim()].filter(e=>e!==``).join(`; `)||null}function r({html:n,nothing:r,STRINGS:i,addWords:a}){return a(e),(e,{faults:a,text:o,problem:s},c)=>{let l=t=>{t.preventDefault(),c.sendReason(e)},u=t=>{let n=a.filter(e=>e!==t);c.reason(e,{faults:n.length<a.length?n:[...a,t]})};return n`<form part="feedback" class="feedback" @submit=${l}>
<fieldset>
<legend>${i.whyBad}</legend>
${t.map(e=>n`<label>
<input type="checkbox" .checked=${a.includes(e)} @change=${()=>u(e)} />${i[e]}
</label>`)}
</fieldset>
<textarea rows="2" maxlength="1500" dir=${o===``?r:`auto`} aria-label=${i.badText} placeholder=${i.badText} .value=${o}
@input=${t=>c.reason(e,{text:t.target.value})}></textarea>
${s===null?r:n`<p role="alert">${s}</p>`}
<div>
<button type="submit" class="plain">${i.sendFeedback}</button>
<button type="button" class="plain" @click=${()=>c.reason(e,{isAsked:!1})}>${i.skip}</button>
</div>
</form>`}}function i({css:e}){return e`.feedback{margin-block-end:16px;padding:12px 14px;border:1px solid var(--_border);border-radius:10px}.feedback fieldset{display:flex;flex-wrap:wrap;gap:6px;margin:0 0 10px;padding:0;border:0}.feedback legend{margin-block-end:8px;padding:0;font-weight:600}.feedback label{display:flex;align-items:center;gap:6px;min-height:32px;padding:2px 10px;border:1px solid var(--_border);border-radius:999px;font-size:14px}.feedback label:has(:checked){border-color:var(--_accent);background:var(--_surface)}.feedback input{margin:0;accent-color:var(--_accent)}.feedback textarea{width:100%;padding:8px 10px;border:1px solid var(--_border);border-radius:8px}.feedback textarea:focus{border-color:var(--_accent);box-shadow:0 0 0 1px var(--_accent)}.feedback p{margin:6px 0 0;color:var(--_danger)}.feedback > div{display:flex;gap:8px;margin-block-start:10px}`}export{e as FEEDBACK_WORDS,r as feedbackForm,i as feedbackStyles,n as reasonOf};