import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { SagaModule } from '@nest-saga/nestjs';
import { Connection } from './connection.js';
import { OrdersModule } from './orders.module.js';

// A timer that an application may leave running when it is imported.
setInterval(() => undefined, 1_000);

@Global()
@Module({
  providers: [{ provide: Connection, useFactory: async () => Promise.resolve(new Connection()) }],
  exports: [Connection],
})
class ConnectionModule {
  static forRootAsync() {
    return Promise.resolve({ module: ConnectionModule });
  }
}

/** The whole application. Each thing in it says so when it is started. */
@Module({
  imports: [
    ConnectionModule.forRootAsync(),
    SagaModule.forRootAsync({
      inject: [Connection],
      useFactory: () => {
        console.log('a factory was called');
        return { retry: { maximumAttempts: 9 } };
      },
    }),
    OrdersModule,
  ],
})
export class AppModule implements OnModuleInit {
  constructor() {
    console.log('a module was made');
  }
  onModuleInit(): void {
    console.log('a module was initialized');
  }
}
