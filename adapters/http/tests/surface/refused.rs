//! Requests that must not get through, on every route.

use crate::stage::{Answer, EXPIRED, HOST, REVOKED, Stage, TOKEN, anonymous, holder, request};
use axum::{
    Router,
    body::Body,
    http::{Method, Request, header, request::Builder},
    routing::get,
};
use collodi_http::{ROUTES, Route, Scope};
use tower::ServiceExt as _;

on_each_runtime! {
    nothing_gets_through
    other_methods
    other_paths
    what_our_own_page_and_programs_send
    inside_of_another_app
}

type Make = fn(&Route, &str) -> Builder;

/// A request, its body, and the problem that open routes and others answer.
struct Case {
    name: &'static str,
    make: Make,
    body: &'static str,
    open: Option<&'static str>,
    other: &'static str,
}

fn asked(route: &Route, path: &str) -> Builder {
    request(route.method.clone(), path)
}

fn nameless(route: &Route, path: &str) -> Builder {
    let auth = format!("Bearer {TOKEN}");
    Request::builder()
        .method(route.method.clone())
        .uri(path)
        .header(header::AUTHORIZATION, auth)
}

fn credentials(route: &Route, path: &str, text: &str) -> Builder {
    anonymous(route.method.clone(), path).header(header::AUTHORIZATION, text)
}

const fn case(name: &'static str, other: &'static str, make: Make) -> Case {
    Case {
        name,
        make,
        body: "",
        open: Some(other),
        other,
    }
}

/// What only matters where a token is asked for.
const fn closed(name: &'static str, make: Make) -> Case {
    Case {
        name,
        make,
        body: "",
        open: None,
        other: "unauthorized",
    }
}

/// A token that lets nobody in.
const fn wrong(name: &'static str, make: Make) -> Case {
    Case {
        other: "wrong-token",
        ..closed(name, make)
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

const CASES: &[Case] = &[
    closed("no token", |r, p| anonymous(r.method.clone(), p)),
    wrong("a wrong token", |r, p| credentials(r, p, "Bearer wrong")),
    wrong("an empty token", |r, p| credentials(r, p, "Bearer ")),
    wrong("half a token", |r, p| credentials(r, p, "Bearer a-secret")),
    closed("another scheme", |r, p| credentials(r, p, "Basic YTpi")),
    closed("the token alone", |r, p| credentials(r, p, TOKEN)),
    wrong("an expired token", |r, p| {
        credentials(r, p, &format!("Bearer {EXPIRED}"))
    }),
    wrong("a revoked token", |r, p| {
        credentials(r, p, &format!("Bearer {REVOKED}"))
    }),
    closed("two tokens", |r, p| {
        asked(r, p).header(header::AUTHORIZATION, "Bearer x")
    }),
    case("no host", "foreign-host", nameless),
    case("a foreign host", "foreign-host", |r, p| {
        nameless(r, p).header(header::HOST, "evil.example:8300")
    }),
    case("another port", "foreign-host", |r, p| {
        nameless(r, p).header(header::HOST, "localhost:8301")
    }),
    case("two hosts", "foreign-host", |r, p| {
        asked(r, p).header(header::HOST, HOST)
    }),
    case("a host that is no text", "foreign-host", |r, p| {
        nameless(r, p).header(header::HOST, b"\xff".as_slice())
    }),
    case("a foreign origin", "foreign-origin", |r, p| {
        asked(r, p).header(header::ORIGIN, "https://evil.example")
    }),
    case("an origin on another port", "foreign-origin", |r, p| {
        asked(r, p).header(header::ORIGIN, "http://127.0.0.1:3000")
    }),
    case(
        "an origin that begins like ours",
        "foreign-origin",
        |r, p| asked(r, p).header(header::ORIGIN, "http://127.0.0.1:8300.evil.example"),
    ),
    case("an opaque origin", "foreign-origin", |r, p| {
        asked(r, p).header(header::ORIGIN, "null")
    }),
    case("two origins", "foreign-origin", |r, p| {
        asked(r, p)
            .header(header::ORIGIN, "http://127.0.0.1:8300")
            .header(header::ORIGIN, "null")
    }),
    case("another site", "foreign-origin", |r, p| {
        asked(r, p).header("sec-fetch-site", "cross-site")
    }),
    case("another port of this site", "foreign-origin", |r, p| {
        asked(r, p).header("sec-fetch-site", "same-site")
    }),
    Case {
        body: "a=1",
        ..case("a form", "not-json", |r, p| {
            asked(r, p).header(header::CONTENT_TYPE, FORM)
        })
    },
    case("an empty form", "not-json", |r, p| {
        asked(r, p).header(header::CONTENT_TYPE, FORM)
    }),
    Case {
        body: "{}",
        ..case("text", "not-json", |r, p| {
            asked(r, p).header(header::CONTENT_TYPE, "text/plain")
        })
    },
    Case {
        body: "{}",
        ..case("a body of no kind", "not-json", asked)
    },
    Case {
        body: "{}",
        ..case("two kinds", "not-json", |r, p| {
            asked(r, p)
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::CONTENT_TYPE, FORM)
        })
    },
];

fn path_of(route: &Route) -> String {
    route
        .path
        .replace("{name}", "demo")
        .replace("{id}", "demo-0123abcd")
        .replace("{file}", "app.js")
}

/// What every answer has.
fn check_headers(answer: &Answer, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}");
    }
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{what}");
    assert_eq!(answer.header("access-control-allow-origin"), None, "{what}");
}

fn check_problem(answer: &Answer, problem: &str, what: &str) {
    check_headers(answer, what);
    assert_eq!(answer.problem(), problem, "{what}");
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{what}"
    );
    assert_eq!(answer.body["status"], answer.status.as_u16(), "{what}");
    assert_eq!(answer.text("detail"), answer.text("error"), "{what}");
    let title = match problem {
        "unauthorized" => Some("the token is missing"),
        "wrong-token" => Some("the token is wrong"),
        _ => None,
    };
    assert!(!answer.text("title").is_empty(), "{what}");
    assert_eq!(
        answer.text("title"),
        title.unwrap_or(answer.text("title")),
        "{what}"
    );
    let challenge = answer.header("www-authenticate");
    let is_of_token = matches!(
        problem,
        "unauthorized" | "wrong-token" | "insufficient-scope"
    );
    assert_eq!(challenge.is_some(), is_of_token, "{what}");
}

async fn nothing_gets_through(stage: Stage) {
    stage.app(
        "demo",
        r#"{"run": [{"method": "fs.write", "params": {"path": "ran", "text": "x"}}]}"#,
    );
    // A status waits until the server is ready, as a probe wants it.
    stage.get("/python/status").await.expect(200);
    for route in ROUTES {
        let path = path_of(route);
        for case in CASES {
            let what = format!("{} to {route:?}", case.name);
            let answer = stage.ask((case.make)(route, &path), case.body).await;
            match (route.scope, case.open) {
                (None, None) => drop(answer.expect(200)),
                (None, Some(problem)) => check_problem(&answer, problem, &what),
                (Some(_), _) => check_problem(&answer, case.other, &what),
            }
        }
        scopes(&stage, route, &path).await;
        let large = asked(route, &path).header(header::CONTENT_TYPE, "application/json");
        let answer = stage.ask(large, &" ".repeat((1 << 20) + 1)).await;
        check_problem(&answer, "too-large", &format!("{route:?}"));
    }
    assert!(!stage.has("apps/demo/ran"));
    let runs = stage.get("/python/runs").await;
    assert_eq!(runs.body["count"], 0);
    assert_eq!(
        stage.shutdowns.load(std::sync::atomic::Ordering::Relaxed),
        0
    );
    stage.end().await;
}

/// A token that allows less is refused by name, and says what it lacks; one that allows it gets as
/// far as the next check, where a form ends.
async fn scopes(stage: &Stage, route: &Route, path: &str) {
    let Some(needed) = route.scope else { return };
    for scope in Scope::ALL {
        let what = format!("{route:?} with {scope}");
        let asked = credentials(route, path, &format!("Bearer {}", holder(scope)));
        let answer = stage
            .ask(asked.header(header::CONTENT_TYPE, FORM), "")
            .await;
        if scope >= needed {
            check_problem(&answer, "not-json", &what);
            continue;
        }
        check_problem(&answer, "insufficient-scope", &what);
        assert_eq!(answer.text("scope"), needed.as_str(), "{what}");
        assert!(answer.text("detail").contains(scope.as_str()), "{what}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.contains(&format!("scope=\"{needed}\"")), "{what}");
    }
}

/// Who sees changes nothing, and who operates changes nothing of what is executed.
#[test]
fn what_each_scope_adds() {
    let of = |scope| {
        ROUTES
            .iter()
            .filter(move |route| route.scope == Some(scope))
    };
    assert!(of(Scope::Read).all(|route| route.method == Method::GET));
    let told = |route: &Route| format!("{} {}", route.method, route.path);
    insta::assert_debug_snapshot!("operate", of(Scope::Operate).map(told).collect::<Vec<_>>());
    insta::assert_debug_snapshot!("admin", of(Scope::Admin).map(told).collect::<Vec<_>>());
}

#[test]
fn only_probes_and_the_page_are_open() {
    let open: Vec<_> = ROUTES
        .iter()
        .filter(|r| r.scope.is_none())
        .map(|r| r.path)
        .collect();
    // None of them tells anything of what runs.
    let expected = ["/livez", "/readyz", "/python/ui", "/python/ui/{file}"];
    assert_eq!(open, expected);
}

/// The methods of the table's routes at this path.
fn methods(path: &str) -> Vec<Method> {
    let mut methods: Vec<_> = ROUTES
        .iter()
        .filter(|r| r.path == path)
        .map(|r| r.method.clone())
        .collect();
    if methods.contains(&Method::GET) {
        methods.push(Method::HEAD);
    }
    methods
}

async fn other_methods(stage: Stage) {
    let others = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
    ];
    for route in ROUTES {
        let known = methods(route.path);
        for method in others.iter().filter(|method| !known.contains(method)) {
            let answer = stage
                .ask(request(method.clone(), &path_of(route)), "")
                .await;
            let what = format!("{method} {}", route.path);
            check_problem(&answer.expect(405), "no-such-method", &what);
            let answer = stage
                .ask(request(method.clone(), &path_of(route)), "")
                .await;
            let mut allow: Vec<_> = answer
                .header("allow")
                .unwrap()
                .split(',')
                .map(str::to_owned)
                .collect();
            let mut expected: Vec<_> = known.iter().map(ToString::to_string).collect();
            allow.sort();
            expected.sort();
            assert_eq!(allow, expected, "{what}");
        }
    }
    stage.end().await;
}

async fn other_paths(stage: Stage) {
    for path in [
        "/",
        "/python",
        "/python/nothing",
        "/python/apps/demo/fly",
        "/livez/x",
        "/LIVEZ",
        "/%6civez/",
    ] {
        let what = path;
        let nobody = stage.ask(anonymous(Method::GET, path), "").await;
        check_problem(&nobody.expect(401), "unauthorized", what);
        let answer = stage.get(path).await;
        check_problem(&answer.expect(404), "not-found", what);
    }
    check_problem(&stage.get("/python/").await, "bad-name", "/python/");
    stage.end().await;
}

async fn what_our_own_page_and_programs_send(stage: Stage) {
    let status = || request(Method::GET, "/python/status");
    for asked in [
        status(),
        status().header("sec-fetch-site", "same-origin"),
        status().header("sec-fetch-site", "none"),
        status().header(header::ORIGIN, "http://127.0.0.1:8300"),
        status().header(header::CONTENT_TYPE, "Application/JSON"),
        anonymous(Method::GET, "/python/status")
            .header(header::AUTHORIZATION, format!("bearer  {TOKEN}")),
        request(Method::HEAD, "/python/status"),
        Request::get("http://localhost:8300/python/status")
            .header(header::AUTHORIZATION, format!("Bearer {TOKEN}")),
    ] {
        let answer = stage.ask(asked, "").await.expect(200);
        check_headers(&answer, "status");
    }
    let misled = Request::get("http://localhost:8300/python/status")
        .header(header::HOST, "evil.example")
        .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
    check_problem(&stage.ask(misled, "").await, "foreign-host", "two names");
    stage.end().await;
}

async fn inside_of_another_app(stage: Stage) {
    let app = Router::new()
        .route("/mine", get(async || "mine"))
        .merge(stage.router.clone());
    let ask = |path: &str| {
        app.clone()
            .oneshot(anonymous(Method::GET, path).body(Body::empty()).unwrap())
    };
    assert_eq!(ask("/mine").await.unwrap().status(), 200);
    assert_eq!(ask("/livez").await.unwrap().status(), 200);
    assert_eq!(ask("/python/status").await.unwrap().status(), 401);
    let nested = Router::new().nest("/in", stage.router.clone());
    for path in ["/in/python/status", "/in/nothing", "/in/livez"] {
        let asked = anonymous(Method::GET, path).body(Body::empty()).unwrap();
        let answer = nested.clone().oneshot(asked).await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
    stage.end().await;
}
