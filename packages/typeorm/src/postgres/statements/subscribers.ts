import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import { timeColumn } from '../mapping/time-column.js';
import { durableMoment } from './durable-moment.js';

/** Stores subscribers, in the order of their names. Parameters: names, sagas, endings. */
export function subscribeStatement({ subscriber }: Tables): Statement {
  return {
    name: 'subscribe',
    text: `WITH ${durableMoment}
INSERT INTO ${subscriber} (name, saga, ending, seen_at)
SELECT given.name, given.saga, given.ending, moment.at
FROM unnest($1::text[], $2::text[], $3::text[]) AS given (name, saga, ending), moment
ORDER BY given.name
ON CONFLICT (name) DO UPDATE SET saga = excluded.saga, ending = excluded.ending, seen_at = excluded.seen_at`,
  };
}

/** All subscribers. */
export function listSubscribersStatement({ subscriber }: Tables): Statement {
  return {
    name: 'subscribers',
    text: `SELECT name, saga, ending, ${timeColumn('seen_at')} AS seen_at FROM ${subscriber} ORDER BY name COLLATE "C"`,
  };
}

/** Deletes a subscriber and its messages. Parameters: name, the sink of its messages. */
export function forgetSubscriberStatement({ subscriber, outbox }: Tables): Statement {
  return {
    name: 'forget',
    text: `WITH ${durableMoment}, dropped AS (
    DELETE FROM ${outbox} WHERE sink = $2::text
  )
DELETE FROM ${subscriber} USING moment WHERE name = $1::text AND moment.at IS NOT NULL
RETURNING name`,
  };
}
