/** The run of a role, from start to exit. */

import { nameRun } from "../protocol/stamp.ts";

/** The name of this run. It is part of the values that the role writes. */
export const RUN: string = nameRun();
