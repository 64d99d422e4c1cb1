/* One message to the desk and its answer; status 0 where there was none. */
import { facts } from "./facts.js";

const PATIENCE = 15000;

export async function post(address, pairs, more = {}) {
  const body = new URLSearchParams(pairs);
  body.set("csrf", facts.csrf);
  body.set("version", facts.version);
  return asked(address, { method: "POST", body, ...more });
}

export async function ask(address) {
  return asked(address, {});
}

async function asked(address, how) {
  const quit = new AbortController();
  const timer = setTimeout(() => quit.abort(), PATIENCE);
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error", signal: quit.signal, ...how });
    if (answer.status >= 500) return { status: 0, told: {} };
    return { status: answer.status, told: await answer.json() };
  } catch {
    return { status: 0, told: {} };
  } finally {
    clearTimeout(timer);
  }
}
