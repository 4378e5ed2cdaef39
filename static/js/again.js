/* A form kept while its person signed in anew holds the token of the session before. The new session's is fetched when
   the person comes back to this tab, and its name is shown: one press then sends it. Whoever is not shown yet, another
   account than the one before above all, is shown first and sends with the next press. Signed out still: the portal
   asks once more. Without scripts the next page shows all again, under the name in its head. */
"use strict";
(() => {
  const form = document.querySelector("form[data-renew]");
  if (!form) return;
  const line = form.querySelector("[data-as]");
  let shown = form.dataset.who;
  let isAsking = false;
  let isRenewed = false;
  for (const button of form.querySelectorAll("button[data-scripted]")) button.textContent = button.dataset.scripted;
  async function renew() {
    const answer = await fetch(form.dataset.renew, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return shown;
    const said = await answer.json().catch(() => null);
    if (!said) return shown;
    form.elements.csrf_token.value = said.token;
    return said.who;
  }
  function show(who) {
    shown = who;
    line.querySelector("b").textContent = who;
    line.hidden = !who;
  }
  show(shown);
  document.addEventListener("visibilitychange", async () => {
    if (!document.hidden) show(await renew());
  });
  form.addEventListener("submit", async (event) => {
    if (isRenewed) return;
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    const before = shown;
    const who = await renew();
    isAsking = false;
    show(who);
    if (who !== before) return;
    isRenewed = true;
    form.requestSubmit(event.submitter);
    isRenewed = false;
  });
})();
