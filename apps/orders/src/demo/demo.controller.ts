import { Controller, ForbiddenException, Get, Headers, HttpCode, HttpStatus, Post } from '@nestjs/common';

/** Lets whoever watches the demonstration kill the server in the middle of an order. */
@Controller('demo')
export class DemoController {
  /** The processes, as `kill -9` wants them: this server, and the start command that brings it back. */
  @Get()
  describe(): { readonly server: number; readonly start: number | undefined } {
    return { server: process.pid, start: process.send === undefined ? undefined : process.ppid };
  }

  /** Ends this process as a power cut would: nothing is finished, nothing is cleaned up. */
  @Post('kill')
  @HttpCode(HttpStatus.ACCEPTED)
  kill(@Headers('sec-fetch-site') site: string | undefined): { readonly killed: number } {
    // A browser says where a request comes from: no other page may do this to a demo that happens to run.
    if (site !== undefined && site !== 'same-origin')
      throw new ForbiddenException('Only from the demo itself.');
    setImmediate(() => process.kill(process.pid, 'SIGKILL'));
    return { killed: process.pid };
  }
}
