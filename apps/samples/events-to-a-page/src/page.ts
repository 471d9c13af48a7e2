/** A page that starts an order, and shows its events. */
export const page = `<!doctype html>
<meta charset="utf-8" />
<title>An order</title>
<button>Place an order</button>
<ol></ol>
<script type="module">
  const list = document.querySelector('ol');
  document.querySelector('button').addEventListener('click', async () => {
    list.replaceChildren();
    const response = await fetch('/orders', { method: 'POST' });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      for (const [, data] of read.value.matchAll(/^data: (.*)$/gm)) {
        const { type, step, status } = JSON.parse(data);
        const item = document.createElement('li');
        item.textContent = [type, step, status].filter(Boolean).join(' ');
        list.append(item);
      }
    }
  });
</script>
`;
