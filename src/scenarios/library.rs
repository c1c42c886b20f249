//! The stories that there are: files in the folder of scenarios (`--scenarios`).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use super::format::StoryFile;
use super::schema;
use super::story::{Mistake, Story};
use crate::fixtures::{
    Difference, Embedded, Layer, LoadError, RecordName, Step, Text, Wrong, nearest,
};

/// Every story that can be played.
#[derive(Clone, Debug, Default)]
pub struct Library {
    stories: Stories,
    /// The names of those that run from the start in every session (`--scenario`).
    started: Vec<Box<str>>,
}

/// Stories by name.
type ByName = BTreeMap<Box<str>, Arc<Story>>;

#[derive(Clone, Debug)]
enum Stories {
    Read(ByName),
    /// Those that are inside of the program. Most servers never play them, and need neither wait for
    /// them to be read nor hold them. A test sees to it that nothing is wrong with them.
    Embedded,
}

impl Default for Stories {
    fn default() -> Self {
        Self::Read(ByName::new())
    }
}

static EMBEDDED: LazyLock<ByName> = LazyLock::new(|| {
    let folder = Layer::Embedded(Embedded::Scenarios);
    read_all(&folder, &Library::default(), &mut Vec::new())
});

/// The stories that could be read, and what is wrong with the others.
pub(crate) type Read = (Library, Vec<LoadError>);

impl Library {
    /// As [`Library::read`], but for the stories inside of the program, which are read when somebody
    /// asks for one.
    #[must_use]
    pub(crate) fn open(folder: &Layer, from_start: &[String], last: &Self) -> Read {
        if matches!(folder, Layer::Embedded(Embedded::Scenarios)) {
            return Self::with(Stories::Embedded, Vec::new(), folder, from_start);
        }
        Self::read(folder, from_start, last)
    }

    /// Reads a folder. A file with mistakes leaves the story as it was in `last`.
    #[must_use]
    pub(crate) fn read(folder: &Layer, from_start: &[String], last: &Self) -> Read {
        let mut errors = Vec::new();
        if let Layer::Directory(path) = folder
            && !path.is_dir()
        {
            let message = "no such folder; give one with scenarios in it".to_owned();
            errors.push(error_about(folder, message));
            return (last.clone(), errors);
        }
        let stories = Stories::Read(read_all(folder, last, &mut errors));
        Self::with(stories, errors, folder, from_start)
    }

    fn with(
        stories: Stories,
        mut errors: Vec<LoadError>,
        folder: &Layer,
        from_start: &[String],
    ) -> Read {
        let mut library = Self { stories, started: Vec::new() };
        for name in from_start {
            if library.get(name).is_none() && !errors.iter().any(|it| it.file.contains(name)) {
                errors.push(error_about(folder, library.unknown(name)));
            }
            library.started.push(name.as_str().into());
        }
        (library, errors)
    }

    fn by_name(&self) -> &ByName {
        match &self.stories {
            Stories::Read(stories) => stories,
            Stories::Embedded => &EMBEDDED,
        }
    }

    /// The story with a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Story>> {
        self.by_name().get(name)
    }

    /// What differs from other stories.
    pub(crate) fn difference(&self, old: &Self) -> Difference {
        let named = |name: &str| RecordName { file: "scenarios", id: Some(name.to_owned()) };
        let mut difference = Difference::default();
        if let (Stories::Embedded, Stories::Embedded) = (&self.stories, &old.stories) {
            return difference;
        }
        for (name, story) in self.by_name() {
            match old.get(name) {
                None => difference.created.push(named(name)),
                Some(old) if !Arc::ptr_eq(old, story) => difference.changed.push(named(name)),
                Some(_) => {}
            }
        }
        let gone = old.by_name().keys().filter(|name| self.get(name).is_none());
        difference.removed.extend(gone.map(|name| named(name)));
        difference
    }

    /// Every story, by name.
    pub(crate) fn stories(&self) -> impl Iterator<Item = &Arc<Story>> {
        self.by_name().values()
    }

    /// The stories that run from the start.
    pub(super) fn started(&self) -> impl Iterator<Item = &Arc<Story>> {
        self.started.iter().filter_map(|name| self.get(name))
    }

    /// Says that there is no story with a name.
    pub(crate) fn unknown(&self, name: &str) -> String {
        let names = || self.by_name().keys().map(|it| &**it);
        let cure = match nearest(name, names()) {
            Some(near) => format!("; did you mean `{near}`?"),
            None if self.by_name().is_empty() => "; there is none at all".to_owned(),
            None => format!("; there are {}", names().collect::<Vec<_>>().join(", ")),
        };
        format!("there is no scenario `{name}`{cure}")
    }
}

fn read_all(folder: &Layer, last: &Library, errors: &mut Vec<LoadError>) -> ByName {
    let mut stories = ByName::new();
    for file in folder.names("") {
        let Some(name) = story_name(&file) else { continue };
        match read_story(folder, &file, name) {
            Ok(story) => drop(stories.insert(name.into(), library_story(story, last))),
            Err(more) => {
                errors.extend(more);
                stories.extend(last.get(name).map(|story| (name.into(), Arc::clone(story))));
            }
        }
    }
    stories
}

/// What is wrong with the folder, and not with a file in it.
fn error_about(folder: &Layer, message: String) -> LoadError {
    let file = folder.to_string();
    LoadError { file, place: None, path: String::new(), message, excerpt: None }
}

/// A story that says what it said before is the one that it was, so that it goes on being played.
fn library_story(story: Story, last: &Library) -> Arc<Story> {
    match last.get(&story.name) {
        Some(old) if old.text == story.text => Arc::clone(old),
        _ => Arc::new(story),
    }
}

/// The name of the story that is in a file, if one is.
fn story_name(file: &str) -> Option<&str> {
    let name = file.strip_suffix(".json")?;
    (!name.ends_with(".schema") && !name.starts_with('.')).then_some(name)
}

fn read_story(folder: &Layer, file: &str, name: &str) -> Result<Story, Vec<LoadError>> {
    let path = Path::new(file);
    let bytes = folder.read(path).map_err(|error| vec![error])?.unwrap_or_default();
    let text = Text::new(folder.name_of(path), &bytes);
    let (story, mut errors): (StoryFile, _) = match text.read(schema()) {
        Ok(story) => (story, Vec::new()),
        Err(Wrong { errors, rest: Some(rest) }) => (rest, errors),
        Err(Wrong { errors, rest: None }) => return Err(errors),
    };
    let all = RefCell::new(bytes.to_vec());
    let beside = |name: &str| {
        let is_plain = Path::new(name).file_name().is_some_and(|it| it == name);
        if !is_plain || !folder.holds(Path::new(""), Path::new(name)) {
            return Err(format!("`{name}` must be the name of a file beside this one"));
        }
        match folder.read(Path::new(name)) {
            Ok(Some(bytes)) => {
                all.borrow_mut().extend_from_slice(&bytes);
                Ok(bytes)
            }
            Ok(None) => Err(format!("there is no file `{name}` beside this one")),
            Err(error) => Err(error.message),
        }
    };
    match Story::ready(name, story, &beside) {
        Ok(story) if errors.is_empty() => {
            return Ok(Story { text: all.into_inner().into(), ..story });
        }
        Ok(_) => {}
        Err(mistakes) => {
            // Where a way to a state may be missing, nobody knows which ones the story comes to.
            let is_unsure = errors.iter().any(may_hide_state);
            let is_sure = |it: &Mistake| {
                !is_unsure || it.steps.last() != Some(&Step::Member("in".to_owned()))
            };
            let sure: Vec<_> = mistakes.into_iter().filter(is_sure).collect();
            errors.extend(sure.into_iter().map(|it| text.error_at(it.steps, it.message)));
        }
    }
    errors.sort_by_key(|error| error.place);
    Err(errors)
}

/// Whether what is wrong may be a way to a state: a whole rule, or what should have been its `goto`.
fn may_hide_state(error: &LoadError) -> bool {
    let is_about = |name| {
        error.path.ends_with(name) || error.message.contains(&format!("did you mean `{name}`"))
    };
    error.path.is_empty() || error.path.ends_with(']') || is_about("goto") || is_about("start")
}
