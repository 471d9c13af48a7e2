import { findServer, killServer } from './orders-api.js';

const pauseMs = 250;

/** Kills the server, where it can be killed, and says when it is back. */
export class ServerPanel {
  #button = document.querySelector('#kill');
  #note = document.querySelector('#server-note');

  constructor() {
    this.#button.addEventListener('click', () => void this.#kill());
  }

  /** Enables the button where this server is a demonstration. */
  async look() {
    try {
      const { server } = await findServer();
      this.#button.disabled = false;
      this.#note.textContent = `Server process ${server}.`;
    } catch {
      this.#note.textContent =
        'This server is not for killing: the start command was not run as a demonstration.';
    }
  }

  async #kill() {
    this.#button.disabled = true;
    const begin = performance.now();
    try {
      const { killed } = await killServer();
      this.#note.textContent = `Server process ${killed} is dead. Waiting for another one…`;
      const server = await untilBack(killed);
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      this.#note.textContent = `Process ${killed} was killed. Process ${server} took its place after ${seconds} seconds.`;
    } catch (error) {
      this.#note.textContent = `The server was not killed: ${error.message}`;
    }
    this.#button.disabled = false;
  }
}

async function untilBack(killed) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const answer = await findServer().catch(() => undefined);
    if (answer && answer.server !== killed) return answer.server;
  }
}
