//! The content models that custom aspects and properties are checked against
//! (facts: people §7 and Appendix A).

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::problem::Problem;
use crate::fixtures::{Step, nearest};

/// The models that a stock server has: prefix, URI, and aspects with their properties.
///
/// Where Appendix A says `prefix:*`, the model is there with a `*`: any name in it is taken, as an
/// aspect or as a text property that adds no aspect. An aspect with `(*)` takes any text property.
const STOCK: &[(&str, &str, &str)] = &[
    (
        "app",
        "http://www.alfresco.org/model/application/1.0",
        "uifacets(icon) inlineeditable(editInline:boolean) workflow simpleworkflow(approveStep,rejectStep,approveFolder:noderef,rejectFolder:noderef,approveMove:boolean,rejectMove:boolean) configurable feedsource(template:noderef) defaultViewConfig(defaultViewId) linked",
    ),
    (
        "exif",
        "http://www.alfresco.org/model/exif/1.0",
        "exif(dateTimeOriginal:datetime,pixelXDimension:int,pixelYDimension:int,orientation:int,exposureTime:double,fNumber:double,focalLength:double,xResolution:double,yResolution:double,flash:boolean,isoSpeedRatings,manufacturer,model,software,resolutionUnit)",
    ),
    (
        "audio",
        "http://www.alfresco.org/model/audio/1.0",
        "audio(album,artist,composer,engineer,genre,sampleType,channelType,compressor,trackNumber:int,sampleRate:int,releaseDate:date)",
    ),
    ("webdav", "http://www.alfresco.org/model/webdav/1.0", "object(deadproperties:text[])"),
    (
        "rn",
        "http://www.alfresco.org/model/rendition/1.0",
        "rendition rendition2(contentUrlHashCode:int) hiddenRendition visibleRendition renditioned preventRenditions",
    ),
    (
        "emailserver",
        "http://www.alfresco.org/model/emailserver/1.0",
        "emailed aliasable(alias) attached",
    ),
    (
        "fm",
        "http://www.alfresco.org/model/forum/1.0",
        "discussable commentsRollup(commentCount:int)",
    ),
    (
        "dp",
        "http://www.alfresco.org/model/distributionpolicies/1.0",
        "restrictable(offlineExpiresAfter:long)",
    ),
    (
        "qshare",
        "http://www.alfresco.org/model/qshare/1.0",
        "shared(sharedId,sharedBy,expiryDate:datetime)",
    ),
    (
        "st",
        "http://www.alfresco.org/model/site/1.0",
        "siteContainer(componentId) customSiteProperties(additionalInformation)",
    ),
    (
        "smf",
        "http://www.alfresco.org/model/content/smartfolder/1.0",
        "smartFolder smartFolderChild virtualization customConfigSmartFolder systemConfigSmartFolder(system-template-location)",
    ),
    ("cd", "http://www.alfresco.org/model/classifiable/1.0", "classifiable"),
    ("cmm", "http://www.alfresco.org/model/custommodelmanagement/1.0", "customModelManagement"),
    ("lnk", "http://www.alfresco.org/model/linksmodel/1.0", "internal(isInternal)"),
    ("ia", "http://www.alfresco.org/model/calendar", "docFoldered(docFolder)"),
    (
        "trx",
        "http://www.alfresco.org/model/transfer/1.0",
        "enableable(enabled:boolean) transferRelated(transferId) transferred(repositoryId,fromRepositoryId,fromContent:text[]) alien(invadedBy:text[])",
    ),
    ("blg", "http://www.alfresco.org/model/blogintegration/1.0", "blogDetails blogPost"),
    ("imap", "http://www.alfresco.org/model/imap/1.0", "*"),
    ("iptcxmp", "http://www.alfresco.org/model/iptcxmp", "iptcxmpAspect(*)"),
    ("pub", "http://www.alfresco.org/model/publishing/1.0", "*"),
    ("facebook", "http://www.alfresco.org/model/publishing/facebook/1.0", "*"),
    ("flickr", "http://www.alfresco.org/model/publishing/flickr/1.0", "*"),
    ("linkedin", "http://www.alfresco.org/model/publishing/linkedin/1.0", "*"),
    ("slideshare", "http://www.alfresco.org/model/publishing/slideshare/1.0", "*"),
    ("twitter", "http://www.alfresco.org/model/publishing/twitter/1.0", "*"),
    ("youtube", "http://www.alfresco.org/model/publishing/youtube/1.0", "*"),
    ("bpm", "http://www.alfresco.org/model/bpm/1.0", "*"),
    ("wf", "http://www.alfresco.org/model/workflow/1.0", "*"),
    ("imwf", "http://www.alfresco.org/model/workflow/invite/moderated/1.0", "*"),
    ("inwf", "http://www.alfresco.org/model/workflow/invite/nominated/1.0", "*"),
    ("resetpasswordwf", "http://www.alfresco.org/model/workflow/resetpassword/1.0", "*"),
    ("surf", "http://www.alfresco.org/model/surf/1.0", "*"),
    ("srft", "http://www.alfresco.org/model/surf/transfer/1.0", "customProperties"),
    ("rc", "http://www.alfresco.org/model/remotecredentials/1.0", "*"),
    // What these three hold is known to the dictionary and closed to the API.
    (
        "cm",
        "http://www.alfresco.org/model/content/1.0",
        "titled(title,description) author(author) auditable(creator,modifier,created:datetime,modified:datetime,accessed:datetime) ownable(owner) versionable(versionLabel,versionType,initialVersion:boolean,autoVersion:boolean,autoVersionOnUpdateProps:boolean) lockable(lockOwner,lockType) taggable(taggable) classifiable generalclassifiable(categories) countable(counter:int,hits:int) templatable(template:noderef) emailed(originator,addressee,addressees,subjectline,sentdate:datetime) referencing(references:noderef) summarizable(summary) effectivity(from:datetime,to:datetime) complianceable(removeAfter:datetime) dublincore(publisher,contributor,type,identifier,source,coverage,rights,subject) preferences(preferenceValues) personDisabled rateable geographic(latitude:double,longitude:double) person(userName,homeFolder:noderef,firstName,lastName,middleName,email,organizationId,userStatus,userStatusTime:datetime,authorizationStatus,presenceProvider,presenceUsername,location,persondescription,telephone,mobile,skype,google,instantmsg,jobtitle,organization,companyaddress1,companyaddress2,companyaddress3,companypostcode,companytelephone,companyfax,companyemail,emailFeedDisabled:boolean,sizeCurrent:long,sizeQuota:long) cmobject(name) content(content)",
    ),
    (
        "sys",
        "http://www.alfresco.org/model/system/1.0",
        "base referenceable(store-protocol,store-identifier,node-uuid,node-dbid:long) localized(locale) root aspect_root hidden temporary incomplete noContent webdavNoContent archived(archivedBy) undeletable unmovable pendingDelete cascadeUpdate(cascadeCRC:long,cascadeTx:long)",
    ),
    (
        "usr",
        "http://www.alfresco.org/model/user/1.0",
        "user(username,password,password2,passwordHash,enabled:boolean,accountExpires:boolean,accountExpiryDate:datetime,credentialsExpire:boolean,credentialsExpiryDate:datetime,accountLocked:boolean,salt) authorityContainer(authorityName,authorityDisplayName)",
    ),
];

/// A custom content model.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Model {
    /// The prefix of its names.
    pub prefix: String,
    /// The URI that the prefix stands for.
    pub uri: String,
    /// Its aspects by their prefixed names, each with its properties and their types.
    #[serde(default)]
    pub aspects: HashMap<String, HashMap<String, PropertyModel>>,
}

/// A property of a custom model: a type, or a type with a constraint.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum PropertyModel {
    /// Just the type.
    Type(Type),
    /// A type, and what its values must hold to. Breaking it is a 422.
    Constrained(Constrained),
}

/// A property with a constraint.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Constrained {
    /// The type.
    r#type: Type,
    /// The longest value, in characters.
    max_length: Option<usize>,
}

/// The types of properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub(super) enum Type {
    #[serde(rename = "text")]
    Text,
    #[serde(rename = "text[]")]
    Texts,
    #[serde(rename = "boolean")]
    Boolean,
    #[serde(rename = "int")]
    Int,
    #[serde(rename = "long")]
    Long,
    #[serde(rename = "double")]
    Double,
    #[serde(rename = "date")]
    Date,
    #[serde(rename = "datetime")]
    DateTime,
    #[serde(rename = "noderef")]
    NodeRef,
}

/// Every model of a server.
#[derive(Clone, Debug)]
pub(super) struct Dictionary {
    /// Prefix by URI, for names of the form `{uri}local`.
    prefixes: HashMap<Box<str>, Box<str>>,
    /// By prefix.
    namespaces: HashMap<Box<str>, Namespace>,
}

#[derive(Clone, Debug, Default)]
struct Namespace {
    /// Whether any name is taken.
    is_open: bool,
    /// The aspect that takes every property of this namespace, if one does.
    catch_all: Option<Box<str>>,
    aspects: HashMap<Box<str>, Vec<Box<str>>>,
    properties: HashMap<Box<str>, Property>,
}

#[derive(Clone, Debug)]
struct Property {
    /// The local name of the aspect that it belongs to.
    aspect: Box<str>,
    of: Type,
    max_length: Option<usize>,
}

/// A name that the dictionary knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    prefix: Box<str>,
    local: Box<str>,
}

impl Name {
    /// The name as answers show it.
    pub(super) fn prefixed(&self) -> Box<str> {
        format!("{}:{}", self.prefix, self.local).into()
    }
}

static STOCK_DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let mut dictionary = Dictionary { prefixes: HashMap::new(), namespaces: HashMap::new() };
    for (prefix, uri, aspects) in STOCK {
        dictionary.prefixes.insert((*uri).into(), (*prefix).into());
        let namespace = dictionary.namespaces.entry((*prefix).into()).or_default();
        for aspect in aspects.split(' ') {
            if aspect == "*" {
                namespace.is_open = true;
                continue;
            }
            let (name, properties) = aspect.split_once('(').unwrap_or((aspect, ""));
            let mut properties = properties.trim_end_matches(')');
            if properties == "*" {
                namespace.catch_all = Some(name.into());
                properties = "";
            }
            let properties = properties.split(',').filter(|it| !it.is_empty());
            let properties = properties.map(|property| {
                let (name, of) = property.split_once(':').unwrap_or((property, "text"));
                (name, stock_type(of), None)
            });
            namespace.add(name, properties);
        }
    }
    dictionary
});

fn stock_type(name: &str) -> Type {
    match name {
        "text[]" => Type::Texts,
        "boolean" => Type::Boolean,
        "int" => Type::Int,
        "long" => Type::Long,
        "double" => Type::Double,
        "date" => Type::Date,
        "datetime" => Type::DateTime,
        "noderef" => Type::NodeRef,
        _ => Type::Text,
    }
}

impl Default for Dictionary {
    /// The stock models.
    fn default() -> Self {
        STOCK_DICTIONARY.clone()
    }
}

impl Namespace {
    fn add<'p>(
        &mut self,
        aspect: &str,
        properties: impl Iterator<Item = (&'p str, Type, Option<usize>)>,
    ) {
        let mut names = Vec::new();
        for (name, of, max_length) in properties {
            names.push(name.into());
            let property = Property { aspect: aspect.into(), of, max_length };
            self.properties.insert(name.into(), property);
        }
        self.aspects.insert(aspect.into(), names);
    }
}

impl Dictionary {
    /// The stock models and custom ones, or what is wrong with a custom one, and where in the list.
    pub(super) fn new(models: &[Model]) -> Result<Self, (Vec<Step>, String)> {
        let mut dictionary = Self::default();
        for (index, model) in models.iter().enumerate() {
            let at = |names: &[&str]| {
                let members = names.iter().map(|name| Step::Member((*name).to_owned()));
                [Step::Index(index)].into_iter().chain(members).collect::<Vec<_>>()
            };
            let Model { prefix, uri, aspects } = model;
            if dictionary.prefixes.contains_key(uri.as_str())
                || dictionary.namespaces.contains_key(prefix.as_str())
            {
                let message = format!(
                    "the model `{prefix}` ({uri}) is there already; use another prefix and URI"
                );
                return Err((at(&["prefix"]), message));
            }
            let mut namespace = Namespace::default();
            for (aspect, properties) in aspects {
                let local = |name: &str| {
                    name.strip_prefix(&format!("{prefix}:")).map(str::to_owned).ok_or_else(|| {
                        format!("`{name}` is in the model `{prefix}`; its name must begin with `{prefix}:`")
                    })
                };
                let mut read = Vec::new();
                for (name, property) in properties {
                    let (of, max_length) = match property {
                        PropertyModel::Type(of) => (*of, None),
                        PropertyModel::Constrained(it) => (it.r#type, it.max_length),
                    };
                    let name =
                        local(name).map_err(|message| (at(&["aspects", aspect, name]), message))?;
                    read.push((name, of, max_length));
                }
                read.sort_by(|a, b| a.0.cmp(&b.0));
                namespace.add(
                    &local(aspect).map_err(|message| (at(&["aspects", aspect]), message))?,
                    read.iter().map(|(name, of, max)| (name.as_str(), *of, *max)),
                );
            }
            dictionary.prefixes.insert(uri.as_str().into(), prefix.as_str().into());
            dictionary.namespaces.insert(prefix.as_str().into(), namespace);
        }
        Ok(dictionary)
    }

    /// The names that one may have been meant for, as a question; nothing if there is none near.
    pub(super) fn like(&self, name: &str, is_aspect: bool) -> String {
        let names = self.namespaces.iter().flat_map(|(prefix, namespace)| {
            let aspects = namespace.aspects.keys().filter(|_| is_aspect);
            let properties = namespace.properties.keys().filter(|_| !is_aspect);
            aspects.chain(properties).map(move |local| format!("{prefix}:{local}"))
        });
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        let near = nearest(name, names.iter().map(String::as_str)).filter(|near| *near != name);
        near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
    }

    /// The aspects that a request names, all of them resolved before any is judged, so that a name
    /// that isn't known is told before one that isn't allowed (NI:4206-4240).
    pub(super) fn aspects(&self, names: &[Option<String>]) -> Result<Vec<Name>, Problem> {
        let mut resolved = Vec::with_capacity(names.len());
        for name in names {
            let sent = name.as_deref().unwrap_or("null");
            let found = self.resolve(name.as_deref())?;
            match found {
                Some(found)
                    if self.namespace(&found).is_some_and(|it| it.has_aspect(&found.local)) =>
                {
                    resolved.push(found);
                }
                _ => return Err(Problem::UnknownAspect { name: sent.to_owned() }),
            }
        }
        allowed(&resolved)?;
        Ok(resolved)
    }

    /// The properties that a request names, with their values as the model's types have them; null
    /// removes a property.
    pub(super) fn properties(
        &self,
        sent: &[(String, Value)],
    ) -> Result<Vec<(Name, Value)>, Problem> {
        let mut resolved = Vec::with_capacity(sent.len());
        for (name, _) in sent {
            let found = self.resolve(Some(name))?;
            match found {
                Some(found)
                    if self.namespace(&found).is_some_and(|it| it.has_property(&found.local)) =>
                {
                    resolved.push(found);
                }
                _ => return Err(Problem::UnknownProperty { name: name.clone() }),
            }
        }
        allowed(&resolved)?;
        let typed = resolved.into_iter().zip(sent).map(|(name, (sent, value))| {
            let of = self.property(&name).map_or(Type::Text, |property| property.of);
            let incompatible =
                || Problem::IncompatibleValue { name: sent.clone(), value: value.to_string() };
            let value = of.convert(value).ok_or_else(incompatible)?;
            Ok((name, value))
        });
        typed.collect()
    }

    /// The aspect that setting a property adds, if it belongs to one.
    pub(super) fn aspect_of(&self, property: &Name) -> Option<Name> {
        let namespace = self.namespace(property)?;
        let own = namespace.properties.get(&property.local).map(|it| &it.aspect);
        let aspect = own.or(namespace.catch_all.as_ref())?.clone();
        Some(Name { prefix: property.prefix.clone(), local: aspect })
    }

    /// Whether a property, by its prefixed name, belongs to an aspect, by its prefixed name.
    pub(super) fn belongs(&self, property: &str, aspect: &str) -> bool {
        let (Some((prefix, property)), Some((other, aspect))) =
            (property.split_once(':'), aspect.split_once(':'))
        else {
            return false;
        };
        let namespace = self.namespaces.get(prefix).filter(|_| prefix == other);
        namespace.is_some_and(|it| {
            let owns = |names: &Vec<Box<str>>| names.iter().any(|name| **name == *property);
            it.catch_all.as_deref() == Some(aspect) || it.aspects.get(aspect).is_some_and(owns)
        })
    }

    /// What the commit finds wrong with a value, in the vendor's words as far as we guess them.
    pub(super) fn violation(&self, property: &Name, value: &Value) -> Option<Problem> {
        let max = self.property(property)?.max_length?;
        let length = value.as_str().map_or(0, |text| text.chars().count());
        (length > max).then(|| Problem::IntegrityViolation {
            what: format!(
                "Invalid property value: \n   Property: {}\n   Constraint: Value '{}' is too long: the maximum is {max}",
                property.prefixed(),
                value.as_str().unwrap_or_default(),
            ),
        })
    }

    /// A name's namespace and local part. `None` is a name without a prefix, which no model has.
    fn resolve(&self, name: Option<&str>) -> Result<Option<Name>, Problem> {
        let invalid = |why: String| {
            Err(Problem::InvalidQName { name: name.unwrap_or("null").to_owned(), why })
        };
        let Some(name) = name else {
            // Java's own words for falling over null, which the vendor passes on (NI:3915-3938).
            return invalid(
                r#"Cannot invoke "String.indexOf(int)" because "qnameStr" is null"#.to_owned(),
            );
        };
        if let Some((before, rest)) = name.split_once('{') {
            let told = |what| invalid(format!("QName '{name}' {what}"));
            if !before.is_empty() {
                return told("must start with a namespaceURI");
            }
            let Some((uri, local)) = rest.split_once('}') else {
                return told("is missing the closing namespace } token");
            };
            if local.is_empty() {
                return told("must consist of a local name");
            }
            let prefix = self.prefixes.get(uri).cloned();
            return Ok(prefix.map(|prefix| Name { prefix, local: local.into() }));
        }
        // A name without a prefix is in the namespace "", where no model is.
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if local.is_empty() {
            return invalid("A QName must consist of a local name".to_owned());
        }
        if prefix.is_empty() {
            return Ok(None);
        }
        if !self.namespaces.contains_key(prefix) {
            let prefix = prefix.to_owned();
            return Err(Problem::UnmappedPrefix { name: name.to_owned(), prefix });
        }
        Ok(Some(Name { prefix: prefix.into(), local: local.into() }))
    }

    fn namespace(&self, name: &Name) -> Option<&Namespace> {
        self.namespaces.get(&name.prefix)
    }

    fn property(&self, name: &Name) -> Option<&Property> {
        self.namespace(name)?.properties.get(&name.local)
    }
}

impl Namespace {
    fn has_aspect(&self, local: &str) -> bool {
        self.is_open || self.aspects.contains_key(local)
    }

    fn has_property(&self, local: &str) -> bool {
        self.is_open || self.catch_all.is_some() || self.properties.contains_key(local)
    }
}

/// Content, system and user models are closed to this API.
fn allowed(names: &[Name]) -> Result<(), Problem> {
    match names.iter().find(|name| matches!(&*name.prefix, "cm" | "sys" | "usr")) {
        Some(name) => Err(Problem::NamespaceNotAllowed { name: name.prefixed().into() }),
        None => Ok(()),
    }
}

impl Type {
    /// A value of this type, as the vendor's type converter makes it of JSON; `None` if it can't.
    fn convert(self, value: &Value) -> Option<Value> {
        if matches!(value, Value::Null) || value.as_str() == Some("") {
            return Some(Value::Null);
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Array(values) if self == Self::Texts => {
                return values.iter().map(|value| Self::Text.convert(value)).collect();
            }
            _ => return None,
        };
        match self {
            Self::Text => Some(text.into()),
            Self::Texts => Some(vec![text].into()),
            Self::Boolean => Some(text.eq_ignore_ascii_case("true").into()),
            Self::Int => text.parse::<i32>().ok().map(Value::from),
            Self::Long => text.parse::<i64>().ok().map(Value::from),
            Self::Double => {
                text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Value::Number)
            }
            Self::Date | Self::DateTime => moment(&text).map(|at| super::person::date(at).into()),
            Self::NodeRef => text.contains("://").then(|| text.into()),
        }
    }
}

/// A moment as the vendor's converter reads it: ISO 8601, with an offset with or without a colon,
/// or a bare date.
fn moment(text: &str) -> Option<Timestamp> {
    let day = |text: &str| text.parse::<Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok())
        .or_else(|| day(text).map(|day| day.timestamp()))
}
