//! `JSON.stringify`.

use crate::{
    builtin::arg,
    eval::{Evaluator, Result},
    value::{Js, Text, units},
};
use alloc::{
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_value::Value;

/// Writes JSON: the second argument may be a list of the keys to keep or a
/// function, the third an indent.
pub(super) fn stringify(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let mut writer = Writer {
        out: String::new(),
        indent: indent(evaluator, arg(args, 2))?,
        keys: keys(evaluator, arg(args, 1))?,
        replacer: match arg(args, 1) {
            function @ Js::Function(_) => Some(function.clone()),
            _ => None,
        },
    };
    let value = writer.replaced(evaluator, "", arg(args, 0))?;
    Ok(if writer.value(evaluator, &value, 0)? {
        Text::data(writer.out).into()
    } else {
        Js::Undefined
    })
}

fn indent(evaluator: &mut Evaluator<'_>, value: &Js) -> Result<String> {
    Ok(match value {
        Js::Number(_) => {
            let blanks = evaluator.integer_of(value)?.clamp(0.0, 10.0);
            " ".repeat(blanks as usize)
        }
        Js::Text(text) => units::slice(text.as_str(), 0, 10).into_owned(),
        _ => String::new(),
    })
}

fn keys(evaluator: &mut Evaluator<'_>, value: &Js) -> Result<Option<Vec<Arc<str>>>> {
    let Js::List(list) = value else {
        return Ok(None);
    };
    let mut keys: Vec<Arc<str>> = Vec::new();
    for item in &list.items {
        evaluator.spend(1 + keys.len())?;
        let key = evaluator.text_of(item)?.shared();
        if matches!(item, Js::Text(_) | Js::Number(_)) && !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(Some(keys))
}

struct Writer {
    out: String,
    indent: String,
    keys: Option<Vec<Arc<str>>>,
    replacer: Option<Js>,
}

impl Writer {
    fn replaced(&self, evaluator: &mut Evaluator<'_>, key: &str, value: &Js) -> Result<Js> {
        match &self.replacer {
            None => Ok(value.clone()),
            Some(function) => {
                let value = evaluator.invoke(function, &[Js::data(key), value.clone()])?;
                evaluator.checked(value)
            }
        }
    }

    /// Writes `value`; false, and nothing written, when it has no JSON form.
    fn value(&mut self, evaluator: &mut Evaluator<'_>, value: &Js, depth: usize) -> Result<bool> {
        evaluator.spend(1)?;
        if self.replacer.is_some() {
            // A replacer could go on opening what it puts in.
            evaluator.nested(|evaluator| self.write(evaluator, value, depth))
        } else {
            self.write(evaluator, value, depth)
        }
    }

    fn write(&mut self, evaluator: &mut Evaluator<'_>, value: &Js, depth: usize) -> Result<bool> {
        let before = self.out.len();
        match value {
            Js::Undefined | Js::Function(_) => return Ok(false),
            Js::List(list) => self.list(evaluator, &list.items, depth)?,
            Js::Map(map) => self.object(evaluator, map.entries(), depth)?,
            Js::Text(text) => {
                evaluator.make(text.as_str().len())?;
                self.out.push_str(&Value::from(text.as_str()).to_json());
            }
            other => {
                let json = evaluator.json_of(other)?;
                self.out.push_str(&json.unwrap_or_default().to_json());
            }
        }
        evaluator.make((self.out.len() - before).min(64))?;
        Ok(true)
    }

    fn list(&mut self, evaluator: &mut Evaluator<'_>, items: &[Js], depth: usize) -> Result<()> {
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            self.separate(evaluator, index == 0, depth + 1)?;
            let item = self.replaced(evaluator, &index.to_string(), item)?;
            if !self.value(evaluator, &item, depth + 1)? {
                self.out.push_str("null");
            }
        }
        self.close(evaluator, items.is_empty(), depth, ']')
    }

    fn object(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        members: &[(Arc<str>, Js)],
        depth: usize,
    ) -> Result<()> {
        self.out.push('{');
        let mut empty = true;
        for (key, value) in self.kept(evaluator, members)? {
            let value = self.replaced(evaluator, &key, &value)?;
            let before = self.out.len();
            self.separate(evaluator, empty, depth + 1)?;
            evaluator.make(key.len())?;
            self.out.push_str(&Value::from(&*key).to_json());
            self.out
                .push_str(if self.indent.is_empty() { ":" } else { ": " });
            if self.value(evaluator, &value, depth + 1)? {
                empty = false;
            } else {
                self.out.truncate(before);
            }
        }
        self.close(evaluator, empty, depth, '}')
    }

    /// The members to write: those of the list of keys in its order, or all.
    fn kept(
        &self,
        evaluator: &mut Evaluator<'_>,
        members: &[(Arc<str>, Js)],
    ) -> Result<Vec<(Arc<str>, Js)>> {
        evaluator.spend(members.len() * self.keys.as_ref().map_or(1, |keys| keys.len() + 1))?;
        Ok(match &self.keys {
            None => members.to_vec(),
            Some(keys) => keys
                .iter()
                .filter_map(|key| members.iter().find(|(name, _)| name == key).cloned())
                .collect(),
        })
    }

    fn separate(&mut self, evaluator: &mut Evaluator<'_>, first: bool, depth: usize) -> Result<()> {
        if !first {
            self.out.push(',');
        }
        self.line_break(evaluator, depth)
    }

    fn close(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        empty: bool,
        depth: usize,
        bracket: char,
    ) -> Result<()> {
        if !empty {
            self.line_break(evaluator, depth)?;
        }
        self.out.push(bracket);
        Ok(())
    }

    fn line_break(&mut self, evaluator: &mut Evaluator<'_>, depth: usize) -> Result<()> {
        if self.indent.is_empty() {
            return Ok(());
        }
        evaluator.make(1 + depth * self.indent.len())?;
        self.out.push('\n');
        (0..depth).for_each(|_| self.out.push_str(&self.indent));
        Ok(())
    }
}
