//! Which names hold secrets, and what else is excluded by default.

use crate::Glob;
use alloc::{collections::BTreeMap, string::String};

/// One line of the default excludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultExclude {
    /// The names.
    pub glob: Glob,
    /// What passing them on would risk.
    pub risk: Risk,
}

/// Why a name is excluded by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Risk {
    /// The value is a secret. It is masked wherever it could be shown.
    Secret,
    /// The name belongs to a service account; some such values are secrets.
    Account,
    /// The value leads to the user's session: an agent, a bus, a display.
    Session,
}

/// Names that are not passed on unless they are granted: by the words they end in
/// or hold, by the account they belong to, and what opens the user's session.
///
/// Words that also occur in harmless names stand with their separator:
/// `*_TOKEN` excludes `HF_TOKEN` but neither `TOKENIZERS_PARALLELISM` nor
/// `HF_TOKEN_PATH`. `PASS` stands behind letters in which words like `DBPASS`, `SSHPASS`,
/// `MAILPASS`, `SMTPPASS` and `USERPASS` end, and `COMPASS`, `BYPASS` and `GIT_ASKPASS` do not.
pub const DEFAULT_EXCLUDES: &[DefaultExclude] = &[
    secret("KEY"),
    secret("KEYS"),
    secret("*_KEY"),
    secret("*_KEYS"),
    secret("*_KEY_ID"),
    secret("*APIKEY"),
    secret("*APIKEYS"),
    secret("*PRIVATEKEY"),
    secret("*SSHKEY"),
    secret("*_TOKEN"),
    secret("*TOKENS"),
    secret("TOKEN"),
    secret("*AUTHTOKEN"),
    secret("*_SECRET"),
    secret("*SECRETS"),
    secret("*_SECRET_*"),
    secret("SECRET"),
    secret("SECRET_*"),
    secret("*PASSWORD*"),
    secret("*PASSWD*"),
    secret("*PASSPHRASE*"),
    secret("*PASSCODE*"),
    secret("PASS"),
    secret("*_PASS"),
    secret("*BPASS"),
    secret("*DPASS"),
    secret("*HPASS"),
    secret("*LPASS"),
    secret("*NPASS"),
    secret("*PPASS"),
    secret("*RPASS"),
    secret("*TPASS"),
    secret("*_PWD"),
    secret("PAT"),
    secret("*_PAT"),
    secret("*CREDENTIAL*"),
    secret("CREDS"),
    secret("*_CREDS"),
    secret("AUTH"),
    secret("*_AUTH"),
    secret("AUTHORIZATION"),
    secret("*_AUTHORIZATION"),
    secret("JWT"),
    secret("*_JWT"),
    secret("COOKIE"),
    secret("*_COOKIE"),
    secret("*_COOKIES"),
    secret("*CONNECTION_STRING*"),
    secret("*CONNECTIONSTRING*"),
    secret("*_CONN_STR"),
    secret("*_DSN"),
    secret("*DATABASE_UR?"),
    secret("*DB_URL"),
    secret("*REDIS*_URL"),
    secret("*POSTGRES*_URL"),
    secret("*MYSQL*_URL"),
    secret("*MONGO*_UR?"),
    secret("*AMQP*_URL"),
    secret("*WEBHOOK_URL"),
    secret("SSLKEYLOGFILE"),
    account("AWS_*"),
    account("AZURE_*"),
    account("ARM_*"),
    account("GCP_*"),
    account("GOOGLE_CLOUD_*"),
    account("CLOUDSDK_*"),
    account("CLOUDFLARE_*"),
    account("DIGITALOCEAN_*"),
    account("ANTHROPIC_*"),
    account("OPENAI_*"),
    account("GEMINI_*"),
    account("MISTRAL_*"),
    account("COHERE_*"),
    account("REPLICATE_*"),
    account("STRIPE_*"),
    account("TWILIO_*"),
    account("VAULT_*"),
    account("KUBECONFIG"),
    account("ACTIONS_*"),
    session("SSH_AUTH_SOCK"),
    session("SSH_AGENT_PID"),
    session("GPG_AGENT_INFO"),
    session("GNUPGHOME"),
    session("DBUS_*"),
    session("XDG_RUNTIME_DIR"),
    session("XAUTHORITY"),
    session("DOCKER_HOST"),
    session("LISTEN_FDS*"),
    session("LISTEN_PID"),
    session("NOTIFY_SOCKET"),
];

/// Whether the value of `name` must be masked in logs, messages and answers.
///
/// The names are those that [`DEFAULT_EXCLUDES`] marks as [`Risk::Secret`]. The
/// other excluded names hold regions, profiles and paths, and masking those
/// would blot out ordinary words.
pub fn is_secret_name(name: &str) -> bool {
    DEFAULT_EXCLUDES
        .iter()
        .any(|exclude| exclude.risk == Risk::Secret && exclude.glob.matches(name))
}

/// The values of variables with the names of secrets.
pub fn secret_values(vars: &BTreeMap<String, String>) -> impl Iterator<Item = &String> {
    let secret = |(name, _): &(&String, &String)| is_secret_name(name);
    vars.iter().filter(secret).map(|(_, value)| value)
}

/// The default exclude that `name` falls under.
pub(crate) fn default_exclude(name: &str) -> Option<&'static Glob> {
    DEFAULT_EXCLUDES
        .iter()
        .map(|exclude| &exclude.glob)
        .find(|glob| glob.matches(name))
}

const fn secret(glob: &'static str) -> DefaultExclude {
    exclude(glob, Risk::Secret)
}

const fn account(glob: &'static str) -> DefaultExclude {
    exclude(glob, Risk::Account)
}

const fn session(glob: &'static str) -> DefaultExclude {
    exclude(glob, Risk::Session)
}

const fn exclude(glob: &'static str, risk: Risk) -> DefaultExclude {
    DefaultExclude {
        glob: Glob::fixed(glob),
        risk,
    }
}
