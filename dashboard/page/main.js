const events = new EventSource("events");

function show({ data }) {
  document.querySelector("#state").textContent = JSON.stringify(JSON.parse(data).state, null, 2);
}

events.addEventListener("snapshot", show);
events.addEventListener("update", show);
