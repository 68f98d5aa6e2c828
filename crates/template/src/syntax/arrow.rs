//! Arrow functions and their parameters.

use super::{
    Arrow, Expr, Param,
    cursor::Cursor,
    expression::{MAX_DEPTH, Parsed, RESERVED, expression},
};
use crate::ProblemKind;
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};

/// An arrow function, if one comes next; else the cursor stays.
pub(super) fn arrow(cursor: &mut Cursor<'_>) -> Parsed<Option<Expr>> {
    let mut ahead = *cursor;
    let Some((params, rest)) = params(&mut ahead).filter(|_| ahead.eat("=>")) else {
        return Ok(None);
    };
    *cursor = ahead;
    let body = arrow_body(cursor)?;
    Ok(Some(Expr::Arrow(Arc::new(Arrow { params, rest, body }))))
}

fn arrow_body(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    if !cursor.eat("{") {
        return expression(cursor);
    }
    cursor.skip_blanks();
    if cursor.name() != Some("return") {
        return Err(cursor.error(ProblemKind::Unsupported("a statement")));
    }
    let body = expression(cursor)?;
    cursor.eat(";");
    cursor.expect("}")?;
    Ok(body)
}

fn params(cursor: &mut Cursor<'_>) -> Option<(Vec<Param>, bool)> {
    cursor.skip_blanks();
    if !cursor.eat_exactly("(") {
        let mut ahead = *cursor;
        ahead.name()?;
        if !ahead.eat("=>") {
            return None;
        }
        return Some((alloc::vec![Param::Name(binding(cursor)?)], false));
    }
    let mut params = Vec::new();
    let mut rest = false;
    while !cursor.eat(")") {
        rest = cursor.eat_exactly("...");
        params.push(param(cursor)?);
        if rest || !cursor.eat(",") {
            return cursor.eat(")").then_some((params, rest));
        }
    }
    Some((params, rest))
}

fn param(cursor: &mut Cursor<'_>) -> Option<Param> {
    cursor.skip_blanks();
    if cursor.depth >= MAX_DEPTH {
        return None;
    }
    cursor.depth += 1;
    let param = match cursor.peek()? {
        '[' => list_param(cursor),
        '{' => map_param(cursor),
        _ => binding(cursor).map(Param::Name),
    };
    cursor.depth -= 1;
    param
}

fn list_param(cursor: &mut Cursor<'_>) -> Option<Param> {
    cursor.bump();
    let mut parts = Vec::new();
    while !cursor.eat("]") {
        if cursor.eat(",") {
            parts.push(None);
            continue;
        }
        parts.push(Some(param(cursor)?));
        if !cursor.eat(",") {
            return cursor.eat("]").then_some(Param::List(parts));
        }
    }
    Some(Param::List(parts))
}

fn map_param(cursor: &mut Cursor<'_>) -> Option<Param> {
    cursor.bump();
    let mut parts = Vec::new();
    while !cursor.eat("}") {
        cursor.skip_blanks();
        let key = cursor.name()?.to_string();
        let part = if cursor.eat(":") {
            param(cursor)?
        } else {
            Param::Name(key.clone())
        };
        parts.push((key, part));
        if !cursor.eat(",") {
            return cursor.eat("}").then_some(Param::Map(parts));
        }
    }
    Some(Param::Map(parts))
}

fn binding(cursor: &mut Cursor<'_>) -> Option<String> {
    let name = cursor.name()?;
    let literal = matches!(name, "null" | "true" | "false" | "new" | "typeof" | "void");
    (!literal && !RESERVED.contains(&name)).then(|| name.to_owned())
}
