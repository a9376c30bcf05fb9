// Signs and checks typed data with viem and ethers (npm), the libraries under most wallets.
//
//   npm install viem@2.57.20 ethers@6.17.0
//   node wallets.mjs make FOLDER       writes wallets.json, from transactions.json, both in FOLDER
//   node wallets.mjs check FILE        checks signatures made by Assay: [{id, address, typedData, signature}]
//
// Nothing in it uses Assay's code. The last line of what it prints is JSON.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { hashTypedData, verifyTypedData } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { TypedDataEncoder, Wallet, verifyTypedData as ethersSigner } from 'ethers';

// JavaScript keeps whole numbers up to 2^53; larger ones become texts, which both libraries read exactly.
const read = (file) =>
  JSON.parse(readFileSync(file, 'utf8').replace(/(":\s*)(\d{16,})/g, (all, name, digits) =>
    Number.isSafeInteger(Number(digits)) ? all : `${name}"${digits}"`));

const withoutDomain = ({ EIP712Domain, ...types }) => types;

const libraries = {
  viem: async (privateKey, data) => ({
    digest: hashTypedData(data),
    signature: await privateKeyToAccount(privateKey).signTypedData(data),
  }),
  ethers: async (privateKey, { domain, types, message }) => ({
    digest: TypedDataEncoder.hash(domain, withoutDomain(types), message),
    signature: await new Wallet(privateKey).signTypedData(domain, withoutDomain(types), message),
  }),
};

async function make(folder) {
  const vectors = [];
  for (const { id, typedData } of read(`${folder}/transactions.json`).vectors) {
    for (const [library, sign] of Object.entries(libraries)) {
      const privateKey = '0x' + createHash('sha256').update(`${library} ${id}`).digest('hex');
      const data = structuredClone(typedData);
      if ('from' in data.message) {
        data.message.from = privateKeyToAccount(privateKey).address;
      }
      vectors.push({ id, library, privateKey, ...(await sign(privateKey, data)) });
    }
  }
  const comment = 'the messages of transactions.json, from each key\'s own address, signed by viem and by ethers';
  const lines = vectors.map((v) => '  ' + JSON.stringify(v)).join(',\n');
  writeFileSync(`${folder}/wallets.json`, `{\n "comment": ${JSON.stringify(comment)},\n "vectors": [\n${lines}\n ]\n}\n`);
  console.log(JSON.stringify({ written: vectors.length }));
}

async function check(file) {
  const all = read(file);
  for (const { id, address, typedData, signature } of all) {
    const { domain, types, primaryType, message } = typedData;
    if (!(await verifyTypedData({ address, domain, types, primaryType, message, signature }))) {
      throw new Error(`viem refuses ${id}`);
    }
    if (ethersSigner(domain, withoutDomain(types), message, signature) !== address) {
      throw new Error(`ethers refuses ${id}`);
    }
  }
  console.log(JSON.stringify({ checked: all.length }));
}

const [verb, argument] = process.argv.slice(2);
await { make, check }[verb](argument);
