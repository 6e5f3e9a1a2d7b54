//! Sources of roles: opened from configuration, replaced by a reload, their files looked at again.
//!
//! Not their answers. A file that is no good as it stands changes nothing: what it said before counts, and
//! the reason stands in the log once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Assembly;
use crate::config::{ConnectorConfig, SourceConfig};
use crate::effects::Effects;
use crate::entitlement::{Connector, Look, Source, Sources};
use crate::registry::Query;
use secrecy::{ExposeSecret as _, SecretSlice};

/// The sources that configuration names; databases connect when they are first asked.
pub(super) fn open(
    configs: BTreeMap<String, SourceConfig>,
    sealing: &SecretSlice<u8>,
    fx: &Effects,
) -> Sources {
    let opened = |config: SourceConfig| {
        let connector = match config.connector {
            ConnectorConfig::File(file) => Connector::File(file),
            ConnectorConfig::Sqlite { file, sql, timeout } => {
                Connector::Sql(Query::of_sqlite(&file, sql, timeout, fx.clone()))
            }
            ConnectorConfig::Postgres { address, sql, timeout } => {
                Connector::Sql(Query::of_postgres(&address, sql, timeout, fx.clone()))
            }
            ConnectorConfig::Http(server) => Connector::Http(server),
        };
        Source::new(connector, config.on_failure, config.cache, config.cache_entries)
    };
    let by_name = configs.into_iter().map(|(name, config)| (name, opened(config)));
    Sources::new(by_name.collect(), sealing.expose_secret())
}

impl Assembly {
    /// Goes on with the sources that configuration names now.
    pub(super) fn replace_sources(
        &self,
        configs: BTreeMap<String, SourceConfig>,
        sealing: &SecretSlice<u8>,
    ) {
        let sources = open(configs, sealing, &self.broker.fx);
        self.broker.entitlements.store(Arc::new(sources));
        self.metrics.entitlement_files_refused(0);
    }

    /// Looks at the files of roles, and takes over what is good.
    pub async fn look_at_entitlement_files(self: &Arc<Self>) {
        let sources = self.broker.entitlements.load_full();
        if sources.iter().all(|(_, source)| source.file().is_none()) {
            return;
        }
        let looks = tokio::task::spawn_blocking(move || {
            let files = sources.iter().filter_map(|(name, source)| Some((name, source.file()?)));
            let looked = files.map(|(name, file)| {
                (name.to_owned(), file.path().to_owned(), file.look(), file.is_refused())
            });
            looked.collect::<Vec<_>>()
        });
        let looks = looks.await.unwrap_or_default();
        for (source, file, look, _) in &looks {
            match look {
                Look::Unchanged => {}
                Look::Renewed => tracing::info!(source, "roles changed"),
                Look::Refused(mistakes) => {
                    for mistake in mistakes {
                        tracing::error!(
                            source, file = %file.display(), place = mistake.place,
                            wrong = mistake.wrong, remedy = mistake.remedy, "roles stay as they were"
                        );
                    }
                }
            }
        }
        let refused = looks.iter().filter(|(.., refused)| *refused).count();
        self.metrics.entitlement_files_refused(refused);
    }
}
