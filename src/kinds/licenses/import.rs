//! Licences of the organisation in the words of YAML.
//!
//! Owns how a set of products is written. Must not know who holds them.

use std::sync::LazyLock;

use crate::config::model::LicenseSet;
use crate::config::write::Node;
use crate::config::yaml::Shape;
use crate::kinds::imports::Source;
use crate::licensing::catalogue::{LicenseKind, Product, ProductIx, Service};
use crate::licensing::is_named_calling;
use crate::snapshot::Word;

/// The order of the services in a set.
static SHAPE: LazyLock<Shape> = LazyLock::new(Shape::of::<LicenseSet>);

/// What the licences with these ids are, without those that everyone has.
pub fn kinds<'a>(
    source: &'a Source<'_>,
    ids: &'a [Word],
) -> impl Iterator<Item = LicenseKind> + 'a {
    let known = ids.iter().filter_map(|id| source.catalogue.by_id(id));
    let kinds = known.map(|license| source.catalogue.kind(license));
    kinds.filter(|kind| !kind.implicit)
}

/// Whether the list of licences has all of these.
pub fn are_listed(source: &Source<'_>, ids: &[Word]) -> bool {
    ids.iter().all(|id| source.catalogue.by_id(id).is_some())
}

/// Whether one of these has no name that trunkline knows, and is called as if it were Calling.
pub fn may_be_calling(source: &Source<'_>, ids: &[Word]) -> bool {
    let mut kinds = kinds(source, ids).filter(|kind| kind.slot.service == Service::Other);
    kinds.any(|kind| is_named_calling(source.catalogue.slot_name(kind.slot)))
}

/// Whether a plan can be made from the word for a product: it needs the list of sites, or all that Calling needs.
pub fn can_be_said(source: &Source<'_>, product: ProductIx) -> bool {
    let slot = source.catalogue.product(product).slot;
    match slot.service {
        Service::Calling => source.knows_calling(),
        Service::Meetings => {
            let name = source.catalogue.slot_name(slot);
            let mut sites = source.snapshot.sites().iter();
            sites.any(|site| site.url == name)
        }
        Service::ContactCenter | Service::Messaging | Service::Other => true,
    }
}

/// A set of licences: one product for each service, site or name. `None` where there is none, or where a plan could not be
/// made from the words because the snapshot lacks a list that they need.
pub fn set(source: &Source<'_>, products: &[ProductIx]) -> Option<Node> {
    let said = products.iter().filter(|&&ix| can_be_said(source, ix));
    let products = said.map(|&ix| source.catalogue.product(ix));
    let mut grants: Vec<(String, Node)> = Vec::new();
    let (mut sites, mut others) = (Vec::new(), Vec::new());
    for product in products {
        let name = source.catalogue.slot_name(product.slot);
        match product.slot.service {
            Service::Meetings => sites.push((name.to_owned(), grant(source, product))),
            Service::Other => others.push(Node::text(&product.name)),
            service => grants.push((service.name().to_owned(), grant(source, product))),
        }
    }
    if !sites.is_empty() {
        grants.push((Service::Meetings.name().to_owned(), Node::Line(sites)));
    }
    if !others.is_empty() {
        grants.push((Service::Other.name().to_owned(), Node::List(others)));
    }
    grants.sort_by_key(|(service, _)| SHAPE.place(service));
    (!grants.is_empty()).then_some(Node::Line(grants))
}

/// Only the word, or with the exact name where the word could mean several products.
fn grant(source: &Source<'_>, product: &Product) -> Node {
    let word = Node::text(product.tier.word());
    if source
        .catalogue
        .products_of(product.slot, product.tier)
        .len()
        == 1
    {
        return word;
    }
    let field = match product.slot.service {
        Service::Meetings => "role",
        _ => "tier",
    };
    let name = Node::text(&product.name);
    Node::Line(Node::fields([(field, Some(word)), ("license", Some(name))]))
}
