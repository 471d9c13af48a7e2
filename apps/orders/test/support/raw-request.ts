import { request } from 'node:http';

/** A request as it goes over the wire, with nothing put right on the way. */
export interface RawRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** What came back. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a request.
 *
 * @returns The answer with its whole body; of a stream that continues only the first part.
 */
export function sendRaw(
  url: string,
  { method, path, headers = {}, body = '' }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        headers: { 'content-length': Buffer.byteLength(body), ...(headers as Record<string, string>) },
      },
      (response) => {
        let text = '';
        const answer = (): void => resolve({ status: response.statusCode ?? 0, text });
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (!isStream(response.headers['content-type'])) return;
          answer();
          response.destroy();
        });
        response.on('end', answer);
        response.on('error', reject);
      },
    );
    // If a body is refused before all of it was sent, the answer has come first.
    sent.on('error', reject);
    sent.end(body);
  });
}

function isStream(contentType: string | undefined): boolean {
  return contentType?.startsWith('text/event-stream') ?? false;
}
