// Writes the module `rounds` of the kernel: the rounds of both hashes on four lanes, each with a
// nonce of its own.
//
// SHA-256 is written down here once, on values that are known at one of three times: numbers, now;
// words, with the job; lanes, with the nonces. What is known early is computed early, and all short
// cuts of a miner follow from that:
//
// - The second block of the header's hash is w0 … w15 = the end of the Merkle root, time, bits,
//   nonce, 2^31, ten zeros, 640. Only w3 is a lane. So rounds 0 to 2, round 3 but for `+ w3`, w16
//   and w17 belong to the job, and so does the constant part of all later words and rounds.
// - The second hash begins with a state of numbers, and half of its message is numbers.
// - Of the second hash only the last word counts at first. That is its initial value + h after
//   round 63, and h was e three rounds before: rounds 61 to 63 are left out, and of 57 to 60 all
//   but e.
//
// Written out are the rounds with something to fold; the others are calls of one function for
// sixteen of them. With much more code than this the processor waits for instructions.

const WORD = 2 ** 32;
const rotr = (x, n) => (x >>> n) | (x << (32 - n));

/** FIPS 180-4, section 4.1.2, on numbers. */
const FUNCTIONS = {
  bigSigma0: (x) => rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22),
  bigSigma1: (x) => rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25),
  sigma0: (x) => rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3),
  sigma1: (x) => rotr(x, 17) ^ rotr(x, 19) ^ (x >>> 10),
  choose: (e, f, g) => (e & f) ^ (~e & g),
  majority: (a, b, c) => (a & b) ^ (a & c) ^ (b & c),
};

/** Section 4.2.2: the first 32 bits of the fractions of the cube roots of the first 64 primes. */
const K = firstPrimes(64).map((prime) => rootFraction(prime, 3));
/** Section 5.3.3: the same of the square roots of the first eight. */
const INITIAL = firstPrimes(8).map((prime) => rootFraction(prime, 2));
/** Behind the message: a one, zeros, and the message's length in bits. */
const PADDING = 2 ** 31;
const HEADER_BITS = 640;
const DIGEST_BITS = 256;

function firstPrimes(count) {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p > 0)) found.push(n);
  return found;
}

function rootFraction(n, degree) {
  const scaled = BigInt(n) << BigInt(32 * degree);
  let root = BigInt(Math.floor(n ** (1 / degree) * WORD));
  while (root ** BigInt(degree) > scaled) root--;
  while ((root + 1n) ** BigInt(degree) <= scaled) root++;
  return Number(root % BigInt(WORD));
}

/** A sum of numbers, words and lanes that is computed when something needs it. */
class Sum {
  /** Once computed: its `number`, the name of its `word`, or the expression of its `lane`. */
  value = undefined;

  constructor({ number = 0, words = [], lanes = [] }) {
    Object.assign(this, { number: number % WORD, words, lanes });
  }
}

const number = (value) => new Sum({ number: value });
const word = (name) => new Sum({ words: [name] });
const lane = (expression) => new Sum({ lanes: [expression] });

function add(...sums) {
  const parts = sums.map((sum) => (sum.value?.lane === undefined ? sum : lane(sum.value.lane)));
  return new Sum({
    number: parts.reduce((total, part) => total + part.number, 0),
    words: parts.flatMap(({ words }) => words),
    lanes: parts.flatMap(({ lanes }) => lanes),
  });
}

/** What belongs to the job: statements that compute words, and the memory from which lanes read. */
class Job {
  statements = [];
  /** Numbers, and names of words. */
  slots = [];

  word(expression) {
    const name = `j${this.statements.length}`;
    this.statements.push(`const ${name}: u32 = ${expression};`);
    return name;
  }

  /** The same in all lanes; from memory this is faster than a constant in the code. */
  splat({ number, word }) {
    const slot = word ?? number;
    if (!this.slots.includes(slot)) this.slots.push(slot);
    return `v128.load32_splat(EARLY, ${4 * this.slots.indexOf(slot)})`;
  }
}

/** The code of one function on lanes. */
class Writer {
  #job;
  #lines = [];
  #xors = new Map();

  constructor(job) {
    this.#job = job;
  }

  /** Computes `sum` as early as it can be. */
  value(sum) {
    sum.value ??= this.#compute(sum);
    return sum.value;
  }

  laneOf(sum) {
    const value = this.value(sum);
    return value.lane ?? this.#job.splat(value);
  }

  #compute({ number, words, lanes }) {
    if (lanes.length === 0 && words.length === 0) return { number };
    const isWord = number === 0 && words.length === 1;
    const early =
      words.length === 0
        ? { number }
        : { word: isWord ? words[0] : this.#job.word([...words, number].join(' + ')) };
    if (lanes.length === 0) return early;
    const terms = early.number === 0 ? lanes : [...lanes, this.#job.splat(early)];
    if (terms.length === 1) return { lane: terms[0] };
    return { lane: this.#named(terms.reduce((left, right) => `i32x4.add(${left}, ${right})`)) };
  }

  /** One of the functions above, of sums. */
  apply(name, ...sums) {
    const values = sums.map((sum) => this.value(sum));
    if (values.some(({ lane }) => lane !== undefined)) {
      const lanes = sums.map((sum) => this.laneOf(sum));
      return lane(name === 'majority' ? this.#majority(...lanes) : `${name}(${lanes.join(', ')})`);
    }
    if (values.some(({ word }) => word !== undefined)) {
      const words = values.map(({ word, number }) => word ?? number);
      return word(this.#job.word(`${name}OfWords(${words.join(', ')})`));
    }
    return number(FUNCTIONS[name](...values.map((value) => value.number)) >>> 0);
  }

  /** Takes fewer steps as b ^ ((a ^ b) & (b ^ c)): b ^ c was a ^ b one round before. */
  #majority(a, b, c) {
    return `v128.xor(${b}, v128.and(${this.#xor(a, b)}, ${this.#xor(b, c)}))`;
  }

  #xor(a, b) {
    const xor = `v128.xor(${a}, ${b})`;
    if (!this.#xors.has(xor)) this.#xors.set(xor, this.#named(xor));
    return this.#xors.get(xor);
  }

  /** The state after a round: section 6.2.2, step 3. */
  round([a, b, c, d, e, f, g, h], constant, w, { onlyE = false } = {}) {
    const chosen = this.apply('choose', e, f, g);
    const t1 = add(h, this.apply('bigSigma1', e), chosen, constant, w);
    if (onlyE) return [a, a, b, c, add(d, t1), e, f, g];
    // Used twice, so computed once.
    if (t1.lanes.length > 1) this.value(t1);
    const t2 = add(this.apply('bigSigma0', a), this.apply('majority', a, b, c));
    return [add(t1, t2), a, b, c, add(d, t1), e, f, g];
  }

  /** The word that comes sixteen after `w0`: section 6.2.2, step 1. */
  nextWord(w0, w1, w9, w14) {
    return add(w0, this.apply('sigma0', w1), w9, this.apply('sigma1', w14));
  }

  store(place, sums) {
    for (const [i, sum] of sums.entries()) this.storeAt(place, i, sum);
  }

  storeAt(place, index, sum) {
    this.#lines.push(`v128.store(${place}, ${this.laneOf(sum)}, ${16 * index});`);
  }

  loadState() {
    return Array.from({ length: 8 }, (_, i) => lane(this.#named(`v128.load(STATE, ${16 * i})`)));
  }

  return(sum) {
    this.#lines.push(`return ${this.laneOf(sum)};`);
  }

  function(name, parameters, type) {
    return functionText(name, parameters, type, this.#lines);
  }

  #named(expression) {
    const name = `x${this.#lines.length}`;
    this.#lines.push(`const ${name} = ${expression};`);
    return name;
  }
}

function functionText(name, parameters, type, lines) {
  const body = lines.map((line) => `  ${line}`);
  return [`export function ${name}(${parameters}): ${type} {`, ...body, '}'].join('\n');
}

/** Rounds `from` up to `to`, of which all words of the message before 16 are in `w`. */
function rounds(writer, state, w, from, to) {
  let now = state;
  for (let i = from; i < to; i++) {
    if (i >= 16) w[i] = writer.nextWord(w[i - 16], w[i - 15], w[i - 7], w[i - 2]);
    now = writer.round(now, number(K[i]), w[i], { onlyE: i >= 57 });
  }
  return now;
}

/** Word `i` of the message, from where it is kept: sixteen words in a ring. */
const kept = (i) => lane(`v128.load(RING, ${16 * (i % 16)})`);

/** Rounds 0 to 31 of the hash of the header's second block. */
function firstRounds(job) {
  const writer = new Writer(job);
  const zeros = Array.from({ length: 10 }, () => number(0));
  const head = [...JOB_WORDS.map(word), lane('nonces'), number(PADDING)];
  const w = [...head, ...zeros, number(HEADER_BITS)];
  writer.store('STATE', rounds(writer, MIDDLE.map(word), w, 0, 32));
  writer.store('RING', w.slice(16));
  return writer.function('firstRounds', 'nonces: v128', 'void');
}

/** Sixteen rounds whose words follow from those in the ring, and take their places. */
function sixteenRounds(job) {
  const writer = new Writer(job);
  let state = writer.loadState();
  for (let i = 0; i < 16; i++) {
    const w = writer.nextWord(kept(i), kept(i + 1), kept(i + 9), kept(i + 14));
    writer.storeAt('RING', i, w);
    state = writer.round(state, lane(`v128.load32_splat(constants, ${4 * i})`), w);
  }
  writer.store('STATE', state);
  return writer.function('sixteenRounds', 'constants: usize', 'void');
}

/** Rounds 0 to 15 of the hash of the digest, which is the state so far and the middle state. */
function secondRounds(job) {
  const writer = new Writer(job);
  const state = writer.loadState();
  const digest = MIDDLE.map((name, i) => add(word(name), state[i]));
  const zeros = Array.from({ length: 6 }, () => number(0));
  const w = [...digest, number(PADDING), ...zeros, number(DIGEST_BITS)];
  writer.store('RING', w);
  writer.store('STATE', rounds(writer, INITIAL.map(number), w, 0, 16));
  return writer.function('secondRounds', '', 'void');
}

/** Rounds 48 to 60 of the hash of the digest, and the last word of the result. */
function lastRounds(job) {
  const writer = new Writer(job);
  const w = [];
  for (let i = 32; i < 48; i++) w[i] = kept(i);
  const [, , , , e] = rounds(writer, writer.loadState(), w, 48, 61);
  writer.return(add(number(INITIAL[7]), e));
  return writer.function('lastRounds', '', 'v128');
}

/** The words of the job in the second block, and the state after the first. */
const JOB_WORDS = ['w0', 'w1', 'w2'];
const MIDDLE = Array.from({ length: 8 }, (_, i) => `middle${i}`);

const inputs = (names, place) =>
  names.map((name, i) => `const ${name} = load<u32>(${place}, ${4 * i});`);

/** Computes the words of a job. */
function prepareRounds({ statements, slots }) {
  const stores = slots.flatMap((slot, i) =>
    typeof slot === 'number' ? [] : [`store<u32>(EARLY, ${slot}, ${4 * i});`],
  );
  const given = [...inputs(MIDDLE, 'middle'), ...inputs(JOB_WORDS, 'message')];
  const lines = [...given, ...statements, ...stores];
  return functionText('prepareRounds', 'middle: usize, message: usize', 'void', lines);
}

/** The module, in AssemblyScript. */
export function roundsModule() {
  const job = new Job();
  const hashes = [firstRounds, sixteenRounds, secondRounds, lastRounds].map((write) => write(job));
  const early = job.slots.map((slot) => (typeof slot === 'number' ? slot : 0));
  return [
    "import { RING, STATE, bigSigma0, bigSigma1, choose, sigma0, sigma1 } from './lanes';",
    `import { ${Object.keys(FUNCTIONS)
      .map((name) => `${name}OfWords`)
      .join(', ')} } from './words';`,
    `const EARLY: usize = memory.data<u32>([${early.join(', ')}], 16);`,
    ...hashes,
    prepareRounds(job),
    `export const K: usize = memory.data<u32>([${K.join(', ')}], 16);`,
    `export const INITIAL: usize = memory.data<u32>([${INITIAL.join(', ')}], 16);`,
    '',
  ].join('\n');
}
