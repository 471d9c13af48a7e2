import { Module, type DynamicModule } from '@nestjs/common';
import { DemoController } from './demo.controller.js';

/** The part that only a demonstration has: a way to kill the server. */
@Module({})
export class DemoModule {
  /** With `canBeKilled: false` these routes do not exist. */
  static forRoot({ canBeKilled }: { readonly canBeKilled: boolean }): DynamicModule {
    return { module: DemoModule, controllers: canBeKilled ? [DemoController] : [] };
  }
}
