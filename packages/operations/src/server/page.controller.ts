import { Get, Injectable, Req, Res } from '@nestjs/common';
import { pageDocument, pageIcon, readPageFile } from './page-files.js';
import { Responder } from './responder.js';

interface AskedUrl {
  readonly url: string;
  readonly originalUrl?: string;
}

/** The page itself: the document, the script, the style sheet and the icon. */
@Injectable()
export class PageController {
  constructor(private readonly responder: Responder) {}

  /** Leads to the document. The address is relative to the one that the browser knows, which a proxy may have changed. */
  @Get()
  root(@Req() { url, originalUrl = url }: AskedUrl, @Res() response: unknown): void {
    const [path = ''] = originalUrl.split('?');
    const name = path.split('/').at(-1) ?? '';
    this.responder.redirect(response, name === '' ? './page' : `./${name}/page`);
  }

  @Get('page')
  document(@Res() response: unknown): void {
    this.responder.text(response, 'text/html; charset=utf-8', pageDocument);
  }

  @Get('page.js')
  async script(@Res() response: unknown): Promise<void> {
    this.responder.text(response, 'text/javascript; charset=utf-8', await readPageFile('page.js'));
  }

  @Get('page.css')
  async styles(@Res() response: unknown): Promise<void> {
    this.responder.text(response, 'text/css; charset=utf-8', await readPageFile('page.css'));
  }

  @Get('icon.svg')
  icon(@Res() response: unknown): void {
    this.responder.text(response, 'image/svg+xml', pageIcon);
  }
}
