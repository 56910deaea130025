"use strict";
// The token stands after the #, so that no request and no log ever holds it.
const token = location.hash.slice(1);
const form = document.getElementById("form");
const outcome = document.getElementById("outcome");
history.replaceState(null, "", location.pathname);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const password = document.getElementById("password").value;
  if (password !== document.getElementById("again").value) {
    outcome.textContent = "The two are not the same.";
    return;
  }
  try {
    const answer = await fetch("security/v1/password", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token, password }),
    });
    const said = await answer.json();
    outcome.textContent = answer.ok ? said : said.details || said.message;
    form.hidden = answer.ok;
  } catch {
    outcome.textContent = "The server could not be reached. Please try again.";
  }
});
