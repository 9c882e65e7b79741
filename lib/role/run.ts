/** Which run of a role this process is. */

import { nameRun } from "../protocol/stamp.ts";

/** The name of this run, in what the role writes. */
export const RUN: string = nameRun();
