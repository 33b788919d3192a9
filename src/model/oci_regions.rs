//! The regions of OCI, with their keys and realms: plain facts from Oracle's own Python package
//! (oracle/oci-python-sdk, src/oci/regions_definitions.py, 2.189.0). Regions are added now
//! and then, so that one that is missing here is a warning at most.

/// A region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Three letters; OCI answers with capitals (`IAD`), and takes both.
    pub key: &'static str,
    pub name: &'static str,
    /// The realm, as in the OCIDs of its tenancies.
    pub realm: &'static str,
}

/// The region of that name or key.
#[must_use]
pub fn find(text: &str) -> Option<&'static Region> {
    REGIONS
        .iter()
        .find(|region| region.name == text || region.key.eq_ignore_ascii_case(text))
}

/// The domain that a realm's endpoints are in.
#[must_use]
pub fn domain(realm: &str) -> Option<&'static str> {
    let of = |(name, _): &&(&str, &str)| *name == realm;
    DOMAINS.iter().find(of).map(|(_, domain)| *domain)
}

const fn region(key: &'static str, name: &'static str, realm: &'static str) -> Region {
    Region { key, name, realm }
}

#[rustfmt::skip]
pub static REGIONS: [Region; 85] = [
    region("yny", "ap-chuncheon-1", "oc1"),
    region("hyd", "ap-hyderabad-1", "oc1"),
    region("mel", "ap-melbourne-1", "oc1"),
    region("bom", "ap-mumbai-1", "oc1"),
    region("kix", "ap-osaka-1", "oc1"),
    region("icn", "ap-seoul-1", "oc1"),
    region("sin", "ap-singapore-1", "oc1"),
    region("xsp", "ap-singapore-2", "oc1"),
    region("syd", "ap-sydney-1", "oc1"),
    region("nrt", "ap-tokyo-1", "oc1"),
    region("yul", "ca-montreal-1", "oc1"),
    region("yyz", "ca-toronto-1", "oc1"),
    region("jnb", "af-johannesburg-1", "oc1"),
    region("ams", "eu-amsterdam-1", "oc1"),
    region("fra", "eu-frankfurt-1", "oc1"),
    region("mad", "eu-madrid-1", "oc1"),
    region("mrs", "eu-marseille-1", "oc1"),
    region("lin", "eu-milan-1", "oc1"),
    region("cdg", "eu-paris-1", "oc1"),
    region("arn", "eu-stockholm-1", "oc1"),
    region("zrh", "eu-zurich-1", "oc1"),
    region("mtz", "il-jerusalem-1", "oc1"),
    region("auh", "me-abudhabi-1", "oc1"),
    region("dxb", "me-dubai-1", "oc1"),
    region("jed", "me-jeddah-1", "oc1"),
    region("ruh", "me-riyadh-1", "oc1"),
    region("mty", "mx-monterrey-1", "oc1"),
    region("qro", "mx-queretaro-1", "oc1"),
    region("bog", "sa-bogota-1", "oc1"),
    region("scl", "sa-santiago-1", "oc1"),
    region("gru", "sa-saopaulo-1", "oc1"),
    region("vap", "sa-valparaiso-1", "oc1"),
    region("vcp", "sa-vinhedo-1", "oc1"),
    region("cwl", "uk-cardiff-1", "oc1"),
    region("lhr", "uk-london-1", "oc1"),
    region("iad", "us-ashburn-1", "oc1"),
    region("ord", "us-chicago-1", "oc1"),
    region("phx", "us-phoenix-1", "oc1"),
    region("aga", "us-saltlake-2", "oc1"),
    region("sjc", "us-sanjose-1", "oc1"),
    region("onm", "ap-delhi-1", "oc1"),
    region("hsg", "ap-batam-1", "oc1"),
    region("orf", "eu-madrid-3", "oc1"),
    region("nrq", "eu-turin-1", "oc1"),
    region("jbp", "ap-kulai-2", "oc1"),
    region("lej", "af-casablanca-1", "oc1"),
    region("lfi", "us-langley-1", "oc2"),
    region("luf", "us-luke-1", "oc2"),
    region("ric", "us-gov-ashburn-1", "oc3"),
    region("pia", "us-gov-chicago-1", "oc3"),
    region("tus", "us-gov-phoenix-1", "oc3"),
    region("brs", "uk-gov-cardiff-1", "oc4"),
    region("ltn", "uk-gov-london-1", "oc4"),
    region("nja", "ap-chiyoda-1", "oc8"),
    region("ukb", "ap-ibaraki-1", "oc8"),
    region("mct", "me-dcc-muscat-1", "oc9"),
    region("ibr", "me-ibri-1", "oc9"),
    region("wga", "ap-dcc-canberra-1", "oc10"),
    region("ork", "eu-dcc-dublin-1", "oc14"),
    region("snn", "eu-dcc-dublin-2", "oc14"),
    region("bgy", "eu-dcc-milan-1", "oc14"),
    region("mxp", "eu-dcc-milan-2", "oc14"),
    region("dus", "eu-dcc-rating-1", "oc14"),
    region("dtm", "eu-dcc-rating-2", "oc14"),
    region("dac", "ap-dcc-gazipur-1", "oc15"),
    region("str", "eu-frankfurt-2", "oc19"),
    region("vll", "eu-madrid-2", "oc19"),
    region("beg", "eu-jovanovac-1", "oc20"),
    region("doh", "me-dcc-doha-1", "oc21"),
    region("vve", "me-alrayyan-1", "oc21"),
    region("ebb", "us-somerset-1", "oc23"),
    region("ebl", "us-thames-1", "oc23"),
    region("avf", "eu-crissier-1", "oc24"),
    region("avz", "eu-dcc-zurich-1", "oc24"),
    region("ahu", "me-abudhabi-3", "oc26"),
    region("rba", "me-alain-1", "oc26"),
    region("rkt", "me-abudhabi-2", "oc29"),
    region("shj", "me-abudhabi-4", "oc29"),
    region("bno", "ap-chuncheon-2", "oc35"),
    region("dtz", "ap-seoul-2", "oc35"),
    region("dln", "ap-suwon-1", "oc35"),
    region("yxj", "us-ashburn-2", "oc42"),
    region("pgc", "us-newark-1", "oc42"),
    region("jsk", "eu-budapest-1", "oc51"),
    region("hnw", "sa-riodejaneiro-1", "oc52"),
];

#[rustfmt::skip]
static DOMAINS: [(&str, &str); 20] = [
    ("oc1", "oraclecloud.com"),
    ("oc2", "oraclegovcloud.com"),
    ("oc3", "oraclegovcloud.com"),
    ("oc4", "oraclegovcloud.uk"),
    ("oc8", "oraclecloud8.com"),
    ("oc9", "oraclecloud9.com"),
    ("oc10", "oraclecloud10.com"),
    ("oc14", "oraclecloud14.com"),
    ("oc15", "oraclecloud15.com"),
    ("oc19", "oraclecloud.eu"),
    ("oc20", "oraclecloud20.com"),
    ("oc21", "oraclecloud21.com"),
    ("oc23", "oraclecloud23.com"),
    ("oc24", "oraclecloud24.com"),
    ("oc26", "oraclecloud26.com"),
    ("oc29", "oraclecloud29.com"),
    ("oc35", "oraclecloud35.com"),
    ("oc42", "oraclecloud42.com"),
    ("oc51", "oraclecloud51.com"),
    ("oc52", "oraclecloud52.com"),
];
