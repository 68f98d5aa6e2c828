//! Random expressions, mostly of fitting types.
//!
//! Left out is what is documented to differ: changing a list that is looked at
//! again, halves of surrogate pairs, functions and dates as text.

/// What a piece of expression should give.
#[derive(Clone, Copy)]
enum Kind {
    Number,
    Text,
    Bool,
    List,
    Object,
}

pub(crate) struct Generator {
    state: u64,
    /// Parameters of arrow functions in force.
    params: Vec<&'static str>,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: seed | 1,
            params: Vec::new(),
        }
    }

    fn below(&mut self, n: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 33).unwrap() % n
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// An expression of any kind.
    pub(crate) fn expression(&mut self, depth: usize) -> String {
        let kinds = [
            Kind::Number,
            Kind::Text,
            Kind::Bool,
            Kind::List,
            Kind::Object,
        ];
        let kind = kinds[self.below(kinds.len())];
        self.of(kind, depth)
    }

    fn of(&mut self, kind: Kind, depth: usize) -> String {
        // Now and then something that does not fit.
        if self.below(14) == 0 {
            return self.odd(depth);
        }
        if depth == 0 {
            return self.leaf(kind);
        }
        if self.below(9) == 0 {
            return self.choice(kind, depth - 1);
        }
        match kind {
            Kind::Number => self.number(depth - 1),
            Kind::Text => self.text(depth - 1),
            Kind::Bool => self.boolean(depth - 1),
            Kind::List => self.list(depth - 1),
            Kind::Object => self.object(depth - 1),
        }
    }

    fn odd(&mut self, depth: usize) -> String {
        if depth > 0 && self.below(2) == 0 {
            return self.expression(depth - 1);
        }
        self.pick(&[
            "null",
            "undefined",
            "NaN",
            "x",
            "m",
            "o.none",
            "o.nope",
            "-0",
            "Infinity",
            "[]",
            "({})",
            "e",
            "t",
        ])
        .to_owned()
    }

    fn leaf(&mut self, kind: Kind) -> String {
        if !self.params.is_empty() && self.below(3) == 0 {
            let place = self.below(self.params.len());
            return self.params[place].to_owned();
        }
        let from: &[&str] = match kind {
            Kind::Number => &[
                "n",
                "f",
                "z",
                "0",
                "1",
                "2",
                "-1",
                "3.75",
                "1e21",
                "1e-7",
                "0x10",
                "a[0]",
                "a.length",
                "s.length",
                "o.size.w",
                "1_000",
                ".5",
                "255",
                "4294967297",
                "2147483648",
                "o['size']['h']",
            ],
            Kind::Text => &[
                "s",
                "e",
                "d",
                "''",
                "'a'",
                "\"b c\"",
                "w[0]",
                "w[2]",
                "o.name",
                "'\\u00e9'",
                "w[5]",
                "'10'",
                "w[3]",
                "'apple'",
                "`x`",
                "o[2]",
                "'-'",
                "o?.name",
            ],
            Kind::Bool => &["t", "true", "false", "!t"],
            Kind::List => &[
                "a",
                "w",
                "m",
                "[]",
                "[1, 'b']",
                "o.tags",
                "[3, 20, 100]",
                "[[1], [2, [3]]]",
                "[n, s]",
            ],
            Kind::Object => &[
                "o",
                "({})",
                "({a: 1, b: 'x'})",
                "o.size",
                "({n, s})",
                "({3: 'c', b: 2, 1: 'a'})",
            ],
        };
        self.pick(from).to_owned()
    }

    fn choice(&mut self, kind: Kind, depth: usize) -> String {
        match self.below(5) {
            0 => format!(
                "({} ? {} : {})",
                self.of(Kind::Bool, depth),
                self.of(kind, depth),
                self.of(kind, depth)
            ),
            1 => format!("({} && {})", self.expression(depth), self.of(kind, depth)),
            2 => format!("({} || {})", self.expression(depth), self.of(kind, depth)),
            3 => format!("({} ?? {})", self.expression(depth), self.of(kind, depth)),
            _ => {
                let argument = self.expression(depth);
                let body = self.with_params(&["p"], |g| g.of(kind, depth));
                format!("(p => {body})({argument})")
            }
        }
    }

    fn with_params<T>(&mut self, params: &[&'static str], make: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.params.len();
        self.params.extend(params);
        let made = make(self);
        self.params.truncate(outer);
        made
    }

    fn number(&mut self, depth: usize) -> String {
        let n = |g: &mut Self| g.of(Kind::Number, depth);
        match self.below(14) {
            0..=2 => {
                let op = self.pick(&["+", "-", "*", "/", "%", "|", "&", "^", "<<", ">>", ">>>"]);
                format!("({} {op} {})", n(self), n(self))
            }
            3 if self.below(3) == 0 => {
                format!("(({}) ** {})", n(self), self.pick(&["0", "1", "2"]))
            }
            3 => format!("({} + {} * {} - {})", n(self), n(self), n(self), n(self)),
            4 => format!(
                "({}{})",
                self.pick(&["- ", "+ ", "~"]),
                self.expression(depth)
            ),
            5 => {
                let function =
                    self.pick(&["floor", "ceil", "round", "trunc", "abs", "sign", "sqrt"]);
                format!("Math.{function}({})", n(self))
            }
            6 => format!(
                "Math.{}({}, {})",
                self.pick(&["max", "min"]),
                n(self),
                n(self)
            ),
            7 => {
                let function =
                    self.pick(&["Number", "parseFloat", "parseInt", "Number.parseFloat"]);
                format!("{function}({})", self.expression(depth))
            }
            8 => format!(
                "parseInt({}, {})",
                self.of(Kind::Text, depth),
                self.pick(&["2", "8", "10", "16", "36"])
            ),
            9 => format!("{}.length", self.of(Kind::List, depth)),
            10 => format!(
                "{}.indexOf({})",
                self.of(Kind::Text, depth),
                self.of(Kind::Text, depth)
            ),
            11 => format!(
                "{}.indexOf({})",
                self.of(Kind::List, depth),
                self.expression(depth)
            ),
            12 => {
                let list = self.of(Kind::List, depth);
                let body = self.with_params(&["p", "q"], |g| g.of(Kind::Number, depth));
                format!("{list}.reduce((p, q) => {body}, {})", n(self))
            }
            _ => format!(
                "{}.{}({})",
                self.of(Kind::Text, depth),
                self.pick(&["charCodeAt", "search", "lastIndexOf"]),
                n(self)
            ),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let t = |g: &mut Self| g.of(Kind::Text, depth);
        let n = |g: &mut Self| g.of(Kind::Number, 0);
        match self.below(22) {
            0 => format!("({} + {})", t(self), self.expression(depth)),
            1 => format!(
                "({} + {} + {})",
                self.expression(depth),
                t(self),
                self.expression(depth)
            ),
            2 => format!("`<${{{}}}:${{{}}}>`", t(self), self.expression(depth)),
            3 => format!("String({})", self.expression(depth)),
            4 => {
                let method = self.pick(&[
                    "trim",
                    "toLowerCase",
                    "toUpperCase",
                    "trimStart",
                    "trimEnd",
                    "toString",
                ]);
                format!("{}.{method}()", t(self))
            }
            5 | 6 => {
                let method = self.pick(&["slice", "substring", "substr"]);
                format!("{}.{method}({}, {})", t(self), n(self), n(self))
            }
            7 => format!(
                "{}.{}({})",
                t(self),
                self.pick(&["slice", "substring", "at", "charAt", "substr"]),
                n(self)
            ),
            8 => format!(
                "{}.{}({}, {})",
                t(self),
                self.pick(&["padStart", "padEnd"]),
                n(self),
                t(self)
            ),
            9 => format!(
                "{}.{}({}, {})",
                t(self),
                self.pick(&["replace", "replaceAll"]),
                t(self),
                t(self)
            ),
            10 => {
                let by = self.pick(&[
                    "'$&$&'",
                    "'[$1]'",
                    "'$$'",
                    "'<$`|$\\'>'",
                    "m => m + '!'",
                    "'$2$0$'",
                ]);
                let pattern = self.pattern();
                format!("{}.replace({pattern}, {by})", t(self))
            }
            11 => format!("{}.join({})", self.of(Kind::List, depth), t(self)),
            12 => format!("{}.join()", self.of(Kind::List, depth)),
            13 => format!("JSON.stringify({})", self.expression(depth)),
            14 => format!(
                "JSON.stringify({}, null, {})",
                self.expression(depth),
                self.pick(&["2", "'--'", "0", "12"])
            ),
            15 => format!("typeof {}", self.leaf(Kind::Object)),
            16 => format!(
                "({}).toFixed({})",
                self.of(Kind::Number, depth),
                self.pick(&["0", "1", "2", "5"])
            ),
            17 => format!(
                "({} % 1e9).toString({})",
                n(self),
                self.pick(&["2", "16", "36", "10", ""])
            ),
            18 => format!("encodeURIComponent({})", t(self)),
            19 => format!(
                "path.{}({})",
                self.pick(&["basename", "dirname", "extname", "normalize"]),
                self.path()
            ),
            20 => format!(
                "path.{}({}, {})",
                self.pick(&["join", "relative"]),
                self.path(),
                self.path()
            ),
            _ => {
                let property = self.pick(&[
                    "href", "host", "port", "pathname", "search", "hash", "origin", "protocol",
                ]);
                format!("new URL({}).{property}", self.url())
            }
        }
    }

    fn path(&mut self) -> String {
        let parts = ["a", "..", ".", "/", "//", "b.txt", ".x", "c/", "/r"];
        let text: String = (0..1 + self.below(4))
            .map(|_| self.pick(&parts))
            .collect::<Vec<_>>()
            .join(self.pick(&["/", ""]));
        format!("'/{text}'")
    }

    fn url(&mut self) -> String {
        let head = self.pick(&[
            "http://a.b",
            "HTTP://A.b:80",
            "https://u:p@h:8443",
            "http://127.0.0.1:7860",
            "nope",
        ]);
        let tail = self.pick(&["", "/", "/x/../y", "/a b?q=1#h", "?x", "#y", "/é", "/./z/"]);
        format!("'{head}{tail}'")
    }

    fn boolean(&mut self, depth: usize) -> String {
        match self.below(13) {
            0 | 1 => {
                let op = self.pick(&["===", "!==", "==", "!="]);
                format!(
                    "({} {op} {})",
                    self.expression(depth),
                    self.expression(depth)
                )
            }
            2 | 3 => {
                let op = self.pick(&["<", "<=", ">", ">="]);
                format!(
                    "({} {op} {})",
                    self.expression(depth),
                    self.expression(depth)
                )
            }
            4 => format!("!{}", self.of(Kind::Bool, depth)),
            5 => {
                let method = self.pick(&["includes", "startsWith", "endsWith"]);
                format!(
                    "{}.{method}({})",
                    self.of(Kind::Text, depth),
                    self.of(Kind::Text, depth)
                )
            }
            6 => format!(
                "{}.includes({})",
                self.of(Kind::List, depth),
                self.expression(depth)
            ),
            7 => format!("{}.test({})", self.pattern(), self.of(Kind::Text, depth)),
            8 => format!(
                "({} in {})",
                self.pick(&["'name'", "'size'", "2", "'2'", "'length'"]),
                self.of(Kind::Object, depth)
            ),
            9 => format!(
                "{}({})",
                self.pick(&[
                    "isNaN",
                    "isFinite",
                    "Boolean",
                    "Array.isArray",
                    "Number.isInteger"
                ]),
                self.expression(depth)
            ),
            10 => {
                let method = self.pick(&["some", "every"]);
                let list = self.of(Kind::List, depth);
                let body = self.with_params(&["p"], |g| g.of(Kind::Bool, depth));
                format!("{list}.{method}(p => {body})")
            }
            11 => format!(
                "({} instanceof {})",
                self.expression(depth),
                self.pick(&["Array", "Object", "RegExp"])
            ),
            _ => format!(
                "{}.hasOwnProperty({})",
                self.of(Kind::Object, depth),
                self.pick(&["'name'", "2", "'w'"])
            ),
        }
    }

    fn pattern(&mut self) -> &'static str {
        self.pick(&[
            "/a/g",
            "/(\\w)(\\d)?/",
            "/[aeiou]/gi",
            "/,/",
            "/p+/g",
            "/^\\s*|\\s*$/g",
            "/(?<first>[a-z])/",
            "/l*/g",
            "/\\b/g",
            "/(,)|(b)/g",
            "/ö/i",
        ])
    }

    fn list(&mut self, depth: usize) -> String {
        let list = |g: &mut Self| g.of(Kind::List, depth);
        match self.below(16) {
            0 => format!("[{}, {}]", self.expression(depth), self.expression(depth)),
            1 => format!("[...{}, {}]", list(self), self.expression(depth)),
            2 | 3 => {
                let method =
                    self.pick(&["map", "filter", "flatMap", "find", "findIndex", "findLast"]);
                let list = list(self);
                let body = self.with_params(&["p", "i"], |g| g.expression(depth));
                format!("{list}.{method}((p, i) => {body})")
            }
            4 => format!("[...{}].sort()", list(self)),
            5 => format!("[...{}].slice(0, 60).sort((p, q) => p - q)", list(self)),
            6 => format!("[...{}].reverse()", list(self)),
            7 => format!(
                "{}.slice({}, {})",
                list(self),
                self.leaf(Kind::Number),
                self.leaf(Kind::Number)
            ),
            8 => format!(
                "{}.concat({}, {})",
                list(self),
                list(self),
                self.expression(depth)
            ),
            9 => format!(
                "{}.split({})",
                self.of(Kind::Text, depth),
                self.of(Kind::Text, depth)
            ),
            10 => format!("{}.split({})", self.of(Kind::Text, depth), self.pattern()),
            11 => format!("{}.match({})", self.of(Kind::Text, depth), self.pattern()),
            12 => format!(
                "[...{}.matchAll(/(\\w)(x)?/g)].map(([p, q, r]) => [p, r])",
                self.of(Kind::Text, depth)
            ),
            13 => format!(
                "Object.{}({})",
                self.pick(&["keys", "values", "entries"]),
                self.of(Kind::Object, depth)
            ),
            14 => format!(
                "[...{}].{}()",
                list(self),
                self.pick(&["pop", "shift", "flat", "toString"])
            ),
            _ => format!("Array.from({}, (p, i) => i)", list(self)),
        }
    }

    fn object(&mut self, depth: usize) -> String {
        match self.below(6) {
            0 => format!(
                "({{a: {}, [{}]: {}}})",
                self.expression(depth),
                self.of(Kind::Text, depth),
                self.expression(depth)
            ),
            1 => format!(
                "({{...{}, k: {}}})",
                self.of(Kind::Object, depth),
                self.expression(depth)
            ),
            2 => format!(
                "JSON.parse(JSON.stringify({}))",
                self.of(Kind::Object, depth)
            ),
            3 => format!(
                "Object.fromEntries({}.map((p, i) => [i, p]))",
                self.of(Kind::List, depth)
            ),
            4 => format!("Object.assign({{}}, {})", self.of(Kind::Object, depth)),
            _ => format!(
                "{}?.[{}]",
                self.of(Kind::Object, depth),
                self.of(Kind::Text, depth)
            ),
        }
    }
}
