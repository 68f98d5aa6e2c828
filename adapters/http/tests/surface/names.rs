//! Names in paths, on every route that has one.

use crate::stage::{Stage, request};
use collodi_http::ROUTES;

on_each_runtime! {
    what_is_no_name_is_no_name_anywhere
    dots_between_slashes_lead_nowhere
    the_longest_name_is_one
}

/// What no name is, as it stands in a path.
fn not_names() -> Vec<String> {
    let long = "x".repeat(65);
    [
        "%2e%2e",
        "%2E",
        "..%2fx",
        "a%2fb",
        "a%5cb",
        "%2f",
        "CON",
        "nul.txt",
        "%0a",
        "a%00",
        "%22",
        "-x",
        ".hidden",
        "a.",
        "a%20b",
        "%ff",
        "a%3Bb",
        "%C3%A9",
        "%252e%252e",
        &long,
    ]
    .map(str::to_owned)
    .to_vec()
}

async fn what_is_no_name_is_no_name_anywhere(stage: Stage) {
    stage.file("apps/keep/pinokio.json", "{}");
    let mut asked = 0;
    for route in ROUTES.iter().filter(|route| route.path.contains('{')) {
        for text in not_names() {
            let path = route.path.replace("{name}", &text).replace("{id}", &text);
            let answer = stage.ask(request(route.method.clone(), &path), "").await;
            assert_eq!(answer.status.as_u16(), 400, "{} {path}", route.method);
            assert_eq!(answer.problem(), "bad-name", "{} {path}", route.method);
            asked += 1;
        }
        let path = route.path.replace("{name}", "").replace("{id}", "");
        let answer = stage.ask(request(route.method.clone(), &path), "").await;
        assert_eq!(answer.problem(), "bad-name", "{} {path}", route.method);
    }
    assert!(asked > 100);
    assert!(stage.has("apps/keep/pinokio.json"));
    stage.end().await;
}

async fn dots_between_slashes_lead_nowhere(stage: Stage) {
    stage.file("apps/keep/pinokio.json", "{}");
    for path in ["/python/envs/..", "/python/envs/../apps", "/python/envs/."] {
        let answer = stage.delete(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    assert!(stage.has("apps/keep/pinokio.json"));
    stage.end().await;
}

async fn the_longest_name_is_one(stage: Stage) {
    let name = "x".repeat(64);
    stage
        .get(&format!("/python/apps/{name}/processes"))
        .await
        .expect(200);
    stage
        .get(&format!("/python/runs/{name}-run-0123abcd"))
        .await
        .expect(404);
    stage
        .get(&format!("/python/processes/{name}-0123abcd/status"))
        .await
        .expect(404);
    stage.get("/python/apps/%64emo/processes").await.expect(200);
    stage.end().await;
}
