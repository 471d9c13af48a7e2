import type { DefaultTheme } from 'vitepress';

/** The pages of the site, in the order in which a new user needs them. Each page of docs/ stands here once. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  group('Begin', [
    ['What it is', 'index'],
    ['Start here', 'start-here'],
    ['How it works', 'how-it-works'],
    ['Comparison', 'comparison'],
    ['Questions and answers', 'faq'],
  ]),
  group('Sagas', [
    ['Compensation', 'compensation'],
    ['Fallback and breaker', 'fallback'],
    ['Waiting', 'waiting'],
    ['Kinds and the pivot', 'kinds'],
    ['Choices', 'choice'],
    ['Side by side', 'parallel'],
    ['Reversal', 'reversal'],
    ['Transactions', 'transactions'],
    ['Idempotent targets', 'idempotent-targets'],
    ['Participants', 'participants'],
    ['Events', 'events'],
    ['Lifecycle handlers', 'lifecycle-handlers'],
    ['Outbox', 'outbox'],
    ['Streaming', 'streaming'],
    ['Versions', 'versions'],
    ['Diagrams', 'diagrams'],
  ]),
  group('Applications', [
    ['Errors and HTTP', 'errors'],
    ['Tenants and requests', 'request-context'],
    ['Testing', 'testing'],
    ['From @nestjs/cqrs', 'from-nestjs-cqrs'],
    ['From python-cqrs', 'from-python-cqrs'],
  ]),
  group('Operation', [
    ['Runbook', 'runbook'],
    ['Recovery', 'recovery'],
    ['Operations page', 'operations-page'],
    ['Command line', 'command-line'],
    ['Searching', 'searching'],
    ['Deploy check', 'deploy-check'],
    ['Retention', 'retention'],
    ['Health', 'health'],
    ['Traces and metrics', 'telemetry'],
    ['PostgreSQL', 'database-operations'],
    ['Security', 'security'],
    ['Encryption', 'encryption'],
    ['Upgrading', 'upgrading'],
  ]),
  group('Reference', [
    ['Options', 'reference-options'],
    ['Names', 'reference-names'],
    ['The journal', 'reference-journal'],
  ]),
  group('Proofs', [
    ['Reliability', 'reliability'],
    ['Saboteurs', 'saboteurs'],
    ['Performance', 'performance'],
    ['Decisions', 'adr/README'],
  ]),
];

function group(
  text: string,
  pages: readonly (readonly [text: string, page: string])[],
): DefaultTheme.SidebarItem {
  return { text, items: pages.map(([title, page]) => ({ text: title, link: `/${page}` })) };
}
