/** What is known of one listener, from its answers. */

import type { Change } from "../../lib/observe/change.ts";
import { MAX_AHEAD } from "../../lib/observe/version.ts";
import { Distribution } from "../../lib/telemetry/distribution.ts";
import {
  type Handshake,
  type ListenerAccount,
  parseHandshake,
} from "../../lib/protocol/handshake.ts";
import { excerpt } from "../../lib/text.ts";
import { Accounts } from "./accounts.ts";
import type { Feed, Tell } from "./feed.ts";
import { hearingAfter, type HearingSign, isCurrent, NOTHING_HEARD } from "./hearing.ts";
import type { ClientList } from "./nodes.ts";
import { type Complaint, RolePresence } from "./presence.ts";
import { Minute } from "./minute.ts";
import type { Answer, Figures, Hearing, ListenerState, Second } from "../protocol.ts";
import type { Traces } from "./traces.ts";
import type { LastWrite } from "./writes.ts";

/** How long a listener may leave a write unanswered, in microseconds. */
const ANSWER_LIMIT = 3_000_000;

/** The counts before the first account. */
const NOTHING: ListenerAccount = { readAt: 0, changes: 0, conflated: 0, missed: 0 };

/** How the two listeners of this project observe: by their usual names, and by the phrases of their answers. */
const PATTERNS = new Map<string, "loop" | "callback">([
  ["listener_sync", "loop"],
  ["listener_async", "callback"],
  ["Handshake triggered by key event", "loop"],
  ["Handshake from listener_async", "callback"],
]);

/** The text of the event that several listeners share a name. */
const SHARED = "is the name of more than one listener: give each a ROLE_NAME of its own";

/** A write that was answered. */
interface Answered {
  readonly seq: number;
  readonly at: number;
  /** Absent if the answer is not to the last write. */
  readonly writer?: string;
}

/** Follows one listener. */
export class Listener {
  /** How many answers came while the dashboard was watching. */
  answers = 0;
  #name: string;
  #now: () => number;
  #feed: Feed;
  #tell: Tell;
  #presence: RolePresence;
  #hearing = NOTHING_HEARD;
  #last?: Answer;
  #account = NOTHING;
  #accounts = new Accounts();
  #difference = new Timing();
  #roundTrip = new Timing();
  #minute = new Minute();
  #traces: Traces;
  /** The newest write that it has answered. */
  #answered: Answered = { seq: 0, at: 0 };
  #unanswered = 0;
  /** Since when an answer is due. */
  #silentSince?: number;

  /** @param name The listener. @param now The clock. @param feed @param traces @param tell Called with events. */
  constructor(name: string, now: () => number, feed: Feed, traces: Traces, tell: Tell) {
    this.#name = name;
    this.#now = now;
    this.#feed = feed;
    this.#traces = traces;
    this.#tell = tell;
    this.#presence = new RolePresence(name, now, tell);
  }

  /**
   * Returns what the page shows of it, apart from its line.
   *
   * @param hearsWrites Whether the dashboard receives the writes that it has to answer.
   */
  stateWhile(hearsWrites: boolean): ListenerState {
    const { changes, conflated, missed } = this.#account;
    const pattern = PATTERNS.get(this.#last?.phrase ?? this.#name); // an answer knows better than a name
    const now = this.#now();
    return {
      name: this.#name,
      presence: this.#presence.presence,
      hearing: this.#hearing,
      ...(this.#last && { last: this.#last }),
      changes,
      conflated,
      missed,
      ...(hearsWrites && isCurrent(this.#hearing) && { unanswered: this.#unanswered }),
      ...pattern && { pattern },
      minute: this.#minute.figures(now),
      atOnce: this.#minute.atOnce(now),
      difference: this.#difference.figures,
      roundTrip: this.#roundTrip.figures,
    };
  }

  /** Returns the new seconds of its line. */
  takeSeconds(): Second[] {
    return this.#minute.takeSeconds(this.#now());
  }

  /** The medians of the last minute's seconds. */
  get medians(): readonly number[] {
    return this.#minute.medians(this.#now());
  }

  /** Whether its answers arrive. */
  get hearing(): Hearing {
    return this.#hearing;
  }

  /** Records the status of the observation of its answers. */
  hear(sign: HearingSign): void {
    this.#hearing = hearingAfter(sign, this.#hearing, this.#now());
  }

  /** Records a write, which it has to answer. */
  seeWrite(write: LastWrite): void {
    if (!isNewer(write, this.#answered)) return; // the answer came first
    this.#unanswered = this.#countSince(write);
    this.#silentSince ??= this.#now();
  }

  /** Records the value of its key. */
  seeHandshake({ key, value, problem, cause }: Change, last: LastWrite | undefined): void {
    const handshake = value === null ? undefined : parseHandshake(value);
    if (handshake) return this.#see(handshake, cause !== "initial", last);
    if (value === null && problem === undefined) return;
    const found = problem === undefined ? `"${excerpt(value!)}"` : excerpt(problem, 200);
    this.#tell(key, `holds no handshake: ${found}`, "warn");
  }

  /** Restarts its silence and its absence, as nothing could have arrived until now. */
  excuse(): void {
    this.#excuseSilence();
    this.#presence.excuse();
  }

  /**
   * Judges again whether it is there.
   *
   * @param lists The clients of the servers.
   * @param loss Set if nothing can arrive, whatever the observations report.
   */
  judge(lists: readonly ClientList[], loss?: Hearing): void {
    const hearing = loss ?? this.#hearing;
    if (!isCurrent(hearing)) this.#excuseSilence();
    this.#presence.judge(lists, hearing, this.#complaint());
  }

  /** Restarts its silence, as no answer could have arrived until now. */
  #excuseSilence(): void {
    if (this.#silentSince !== undefined) this.#silentSince = this.#now();
  }

  #complaint(): Complaint | undefined {
    const since = this.#silentSince;
    if (since === undefined || this.#now() - since < ANSWER_LIMIT) return undefined;
    const writes = this.#unanswered === 1 ? "a write" : `${this.#unanswered} writes`;
    return { since: this.#last?.answered ?? since, reason: `no answer to ${writes}` };
  }

  #see(handshake: Handshake, isLive: boolean, last: LastWrite | undefined): void {
    const { phrase, seq, micros: answered, written, account } = handshake;
    this.#last = {
      phrase: excerpt(phrase),
      ...(seq !== undefined && { seq }),
      ...(written !== undefined && { written }),
      ...(account && { read: account.readAt }),
      answered,
    };
    this.#presence.hear(answered, isLive);
    this.#settle({ seq: seq ?? 0, at: written ?? (seq === last?.seq ? last?.at : 0) ?? 0 }, last);
    if (isLive) this.#record(handshake);
    if (account) this.#follow(account, isLive);
  }

  /** Updates which writes are unanswered. A listener that answers an older write is at work, but behind. */
  #settle(answered: Answered, last: LastWrite | undefined): void {
    const isLast = answered.seq === last?.seq && answered.at === last.at;
    const isBelieved = answered.at <= this.#now() + MAX_AHEAD;
    if (isBelieved && isNewer(answered, this.#answered)) { // answers can overtake each other
      this.#answered = { ...answered, ...(isLast && { writer: last.writer }) };
    }
    const isBehind = last !== undefined && isNewer(last, this.#answered);
    this.#unanswered = isBehind ? this.#countSince(last) : 0;
    this.#silentSince = isBehind ? this.#now() : undefined;
  }

  #record({ phrase, seq, micros: answered, written, account }: Handshake): void {
    this.answers++;
    const { readAt, changes } = account ?? {};
    const about = { who: this.#name, ...(seq !== undefined && { seq }) };
    if (written !== undefined && readAt !== undefined) {
      const difference = readAt - written;
      this.#feed.add({ kind: "read", at: readAt, ...about, difference });
    }
    const roundTrip = written === undefined ? undefined : answered - written;
    const shown = { phrase: excerpt(phrase), ...(roundTrip !== undefined && { roundTrip }) };
    this.#feed.add({ kind: "handshake", at: answered, ...about, ...shown });
    // The value at a listener's start may be of any age, so it does not show how fast changes arrive.
    if (written === undefined || changes === 1) return;
    this.#roundTrip.record(answered - written);
    if (readAt === undefined) return;
    this.#difference.record(readAt - written);
    const times = { difference: readAt - written, work: answered - readAt };
    this.#minute.record(this.#now(), times); // by the dashboard's clock, not the listener's
    this.#traces.seeAnswer(written, { name: this.#name, read: readAt, answered });
  }

  #follow(account: ListenerAccount, isLive: boolean): void {
    const finding = this.#accounts.follow(account);
    if (finding.is === "overtaken") return;
    const before = this.#account;
    this.#account = account;
    if (isLive && finding.is === "more") {
      const [handled, skipped] = [
        account.changes - before.changes,
        account.conflated - before.conflated,
      ];
      this.#minute.count(this.#now(), Math.max(0, handled), Math.max(0, skipped));
    }
    if (!isLive) return;
    if (finding.is === "shared") this.#tell(this.#name, SHARED, "warn");
    if (finding.is === "anew") this.#tell(this.#name, "was restarted");
    const { missed = 0 } = "missed" in finding ? finding : {};
    if (missed > 0) {
      this.#tell(this.#name, `missed ${missed === 1 ? "a value" : `${missed} values`}`, "warn");
    }
  }

  /** Counts the writes after the one that it answered last: by their numbers, if these continue, else one by one. */
  #countSince({ seq, writer }: LastWrite): number {
    const { seq: answered, at, writer: answeredWriter = writer } = this.#answered;
    const goOn = at > 0 && answeredWriter === writer && answered < seq;
    return goOn ? seq - answered : this.#unanswered + 1;
  }
}

/** Whether a write is newer. A writer's clock or its numbers may go back, but an older write has both lower. */
function isNewer(one: Answered, other: Answered): boolean {
  return one.at > other.at || one.seq > other.seq;
}

/** A distribution whose figures are computed only when it has grown. */
class Timing {
  #durations = new Distribution(3);
  #figures: Figures = this.#durations.figures;

  record(micros: number): void {
    this.#durations.record(micros);
  }

  get figures(): Figures {
    const { count } = this.#durations;
    if (count !== this.#figures.count) this.#figures = this.#durations.figures;
    return this.#figures;
  }
}
