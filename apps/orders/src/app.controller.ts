import { Controller, Get } from '@nestjs/common';

/** Says who answers. */
@Controller()
export class AppController {
  @Get()
  describe(): { readonly application: string } {
    return { application: 'Nest Saga orders' };
  }
}
