import {
  Controller,
  ForbiddenException,
  Get,
  Header,
  Headers,
  HttpCode,
  HttpStatus,
  Post,
} from '@nestjs/common';

/** Lets whoever watches the demonstration kill the server in the middle of an order. */
@Controller('demo')
export class DemoController {
  /** Says that this server can be killed, and which process answers. */
  @Get()
  describe(): { readonly server: number } {
    return { server: process.pid };
  }

  /** The process to hand to `kill -9` for a power cut: the start command, and with it server and database. */
  @Get('pid')
  @Header('content-type', 'text/plain')
  findStartCommand(): string {
    return String(process.send === undefined ? process.pid : process.ppid);
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
