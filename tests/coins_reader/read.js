// Reads a page from standard input and prints what html-metadata finds in its COinS spans, as JSON.
'use strict';
const fs = require('fs');
const cheerio = require('cheerio');
const metadata = require('html-metadata');

metadata.parseCOinS(cheerio.load(fs.readFileSync(0, 'utf8'))).then(
	(found) => process.stdout.write(JSON.stringify(found)),
	(error) => { process.stderr.write(String(error)); process.exit(1); }
);
