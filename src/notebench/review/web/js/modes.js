// What a mode of the page asks of the person. `payload.options` of one bundle can change any of it.
//
//   edit        sentences can be rewritten and struck out
//   attest      sentences on risk, diagnosis, medication and plan are attested one by one
//   sign        a name and a role end the note; without: a plain button does
//   confidence  asks how sure the person is
//   clock       shows the running time
//   limit_s     seconds of active time after which the note is closed; 0: none
//   checklist   steps shown above the note, [{id, text}]; what is ticked is kept, and when
//   after       shows something once a note is closed: (app, note, work) => element or null
//   prepare     changes the desk before a note is shown: (desk) => nothing

import { feedback, prepare } from "./drill.js";

export const MODES = {
  review: {
    edit: true, attest: true, sign: true, confidence: true, clock: false, limit_s: 0,
    checklist: [], after: null, verb: "review", finish: "Sign this note",
  },
  drill: {
    edit: false, attest: false, sign: false, confidence: true, clock: true, limit_s: 0,
    checklist: [], after: feedback, prepare, verb: "check", finish: "Done with this note",
  },
};
