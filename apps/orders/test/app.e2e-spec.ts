import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { AppModule } from '../src/app.module.js';

describe('the orders application', () => {
  let application: INestApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    application = await module.createNestApplication().init();
  });

  afterAll(() => application.close());

  it('says who answers', async () => {
    await request(application.getHttpServer()).get('/').expect(200, { application: 'Nest Saga orders' });
  });
});
