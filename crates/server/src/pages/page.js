"use strict";
// Shows the OpenAPI document of the page, read by its address with the key that was typed. The key stays in this page's memory.
(() => {
  const form = document.getElementById("key-form");
  const field = document.getElementById("key");
  const status = document.getElementById("status");
  const hint = document.getElementById("hint");
  const address = form.dataset.document;
  let key = "";

  const withKey = (request) => {
    if (key && !request.headers.Authorization && new URL(request.url, location.href).origin === location.origin) {
      request.headers.Authorization = `Bearer ${key}`;
    }
    return request;
  };

  const refused = async (answer) => {
    const problem = await answer.json().catch(() => ({}));
    return [answer.status, problem.title, problem.detail].filter(Boolean).join(" · ");
  };

  const show = async () => {
    key = field.value.trim();
    status.textContent = "جارٍ التحميل… · Loading…";
    try {
      const answer = await fetch(address, key ? { headers: { Authorization: `Bearer ${key}` } } : {});
      if (!answer.ok) {
        status.textContent = await refused(answer);
        return;
      }
      status.textContent = "";
      hint?.remove();
      SwaggerUIBundle({
        dom_id: "#ui",
        spec: await answer.json(),
        deepLinking: true,
        // Highlighting takes seconds on long answers.
        syntaxHighlight: false,
        requestInterceptor: withKey,
      });
    } catch (error) {
      status.textContent = `تعذّر الاتصال بالخادم · The server could not be reached: ${error.message}`;
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  if (form.dataset.key === "optional") {
    show();
  } else {
    field.focus();
  }
})();
