import './page.css';
import { render } from 'preact';

const root = document.querySelector('#page');
if (root !== null) render(<main>Sagas</main>, root);
