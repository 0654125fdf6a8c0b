//! `diwan key`: may run beside a server.

use diwan_cms::{ApiKey, Cms, CreateKey, ProcessRole, WriteContext};
use diwan_content::{Actor, DepartmentId, rights::Grant};

use super::{
    arguments::KeyCommand,
    commands::{open_to_look, registry, require_data},
    failure::{Failure, of_verb, say},
};
use crate::{
    config::Config,
    observe::start_logging,
    start::{Surroundings, open_installation},
};

/// Makes, revokes or lists keys.
pub(super) async fn key(config: &Config, command: KeyCommand) -> Result<(), Failure> {
    let cms = match command {
        KeyCommand::List => open_to_look(config).await?,
        KeyCommand::Revoke { .. } => {
            require_data(config)?;
            open_to_write(config).await?
        }
        // The first key may be made before the first start.
        KeyCommand::Create { .. } => open_to_write(config).await?,
    };
    let done = run(&cms, command).await;
    cms.close().await?;
    done
}

async fn open_to_write(config: &Config) -> Result<Cms, Failure> {
    start_logging(config);
    Ok(open_installation(config, registry(config)?, &Surroundings::default(), ProcessRole::Beside).await?)
}

async fn run(cms: &Cms, command: KeyCommand) -> Result<(), Failure> {
    let ctx = WriteContext::system();
    match command {
        KeyCommand::Create { role, department, label, expires } => {
            if expires.is_some_and(|expires| expires <= cms.now()) {
                return Err(Failure::new("error: --expires: this time is over; the key could not be used"));
            }
            let department = department.unwrap_or(DepartmentId::MINISTRY);
            let grants = role.into_iter().map(|role| Grant::new(role, department)).collect();
            let input = CreateKey { label, grants, on_behalf_of: None, expires_at: expires };
            let created = cms.create_key(&ctx, input).await.map_err(of_verb)?.value;
            say(format!("id:  {}\nkey: {}", created.id, created.token));
            say("It is shown only now; keep it secret.");
        }
        KeyCommand::Revoke { id } => {
            cms.revoke_key(&ctx, id).await.map_err(of_verb)?;
            say(format!("{id} is revoked"));
        }
        KeyCommand::List => {
            let keys = cms.list_keys(&Actor::system()).await.map_err(of_verb)?;
            let now = cms.now();
            for key in keys {
                say(line(&key, key.expires_at.is_some_and(|expires_at| expires_at <= now)));
            }
        }
    }
    Ok(())
}

fn line(key: &ApiKey, expired: bool) -> String {
    let state = match (key.revoked_at, expired) {
        (Some(_), _) => "revoked",
        (None, true) => "expired",
        (None, false) => "valid",
    };
    let place = |department: DepartmentId| {
        if department == DepartmentId::MINISTRY { "the ministry".to_owned() } else { department.to_string() }
    };
    let grants: Vec<String> =
        key.grants.iter().map(|grant| format!("{} on {}", grant.role.as_str(), place(grant.department))).collect();
    let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {at}"));
    let ends = key.expires_at.map_or_else(String::new, |at| format!("  ends {at}"));
    let label = key.label.as_deref().map_or_else(String::new, |label| format!("  {label}"));
    format!("{}  {state}  {}  made {}  {used}{ends}{label}", key.id, grants.join(", "), key.created_at)
}
