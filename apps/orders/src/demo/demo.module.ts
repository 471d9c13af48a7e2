import { Module, type DynamicModule } from '@nestjs/common';
import { DemoController } from './demo.controller.js';

/** What only a demonstration has: a way to kill the server. */
@Module({})
export class DemoModule {
  /** With `canBeKilled: false` no route is there at all. */
  static forRoot({ canBeKilled }: { readonly canBeKilled: boolean }): DynamicModule {
    return { module: DemoModule, controllers: canBeKilled ? [DemoController] : [] };
  }
}
