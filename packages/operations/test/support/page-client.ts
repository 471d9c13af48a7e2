import type { ActionRequest, OverviewView, SagaView, SagaListView } from '../../src/views/page-views.js';

/** One person's requests, as the page sends them. */
export class PageClient {
  constructor(
    private readonly url: string,
    private readonly staff = 'ada',
  ) {}

  overview(): Promise<OverviewView> {
    return this.get<OverviewView>('api/overview');
  }

  list(query: string): Promise<SagaListView> {
    return this.get<SagaListView>(`api/sagas?${query}`);
  }

  saga(sagaId: string): Promise<SagaView> {
    return this.get<SagaView>(`api/sagas/${sagaId}`);
  }

  async act(sagaId: string, action: Partial<ActionRequest>): Promise<Answer> {
    return this.post(`api/sagas/${sagaId}/actions`, action);
  }

  async get<View>(path: string): Promise<View> {
    const answer = await fetch(this.url + path, { headers: { 'x-staff': this.staff } });
    return (await answer.json()) as View;
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const own = { 'x-staff': this.staff, 'content-type': 'application/json', 'x-saga-operations': '1' };
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: { ...own, 'sec-fetch-site': 'same-origin', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Answer['body'] };
  }
}

/** The answer to an action. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}
