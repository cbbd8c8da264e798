/** The functions of SHA-256 on one word: FIPS 180-4, section 4.1.2. */

export function bigSigma0OfWords(x: u32): u32 {
  return rotr<u32>(x, 2) ^ rotr<u32>(x, 13) ^ rotr<u32>(x, 22);
}

export function bigSigma1OfWords(x: u32): u32 {
  return rotr<u32>(x, 6) ^ rotr<u32>(x, 11) ^ rotr<u32>(x, 25);
}

export function sigma0OfWords(x: u32): u32 {
  return rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
}

export function sigma1OfWords(x: u32): u32 {
  return rotr<u32>(x, 17) ^ rotr<u32>(x, 19) ^ (x >> 10);
}

export function chooseOfWords(e: u32, f: u32, g: u32): u32 {
  return (e & f) ^ (~e & g);
}

export function majorityOfWords(a: u32, b: u32, c: u32): u32 {
  return (a & b) ^ (a & c) ^ (b & c);
}
