import { render } from 'preact';
import { App } from './app.js';
import './page.css';

const root = document.querySelector('#page');
if (root !== null) {
  root.replaceChildren();
  render(<App />, root);
}
