//! Countries by the names that people write where Webex takes the code.
//!
//! Owns the names. Must not know where they are read.

/// Each code of ISO 3166 with the English name and others, `;` between countries.
const COUNTRIES: &str = "\
AD Andorra; AE United Arab Emirates, UAE; AF Afghanistan; AG Antigua & Barbuda, Antigua and Barbuda; AI Anguilla;\
AL Albania; AM Armenia; AO Angola; AQ Antarctica; AR Argentina; AS Samoa (American);\
AT Austria, Österreich, Osterreich, AUT; AU Australia, AUS; AW Aruba; AX Åland Islands; AZ Azerbaijan;\
BA Bosnia & Herzegovina, Bosnia and Herzegovina; BB Barbados; BD Bangladesh; BE Belgium, België, Belgique, BEL;\
BF Burkina Faso; BG Bulgaria; BH Bahrain; BI Burundi; BJ Benin; BL St Barthelemy; BM Bermuda; BN Brunei; BO Bolivia;\
BQ Caribbean NL; BR Brazil, Brasil, BRA; BS Bahamas; BT Bhutan; BV Bouvet Island; BW Botswana; BY Belarus; BZ Belize;\
CA Canada, CAN; CC Cocos (Keeling) Islands; CD Congo (Dem. Rep.); CF Central African Rep.; CG Congo (Rep.);\
CH Switzerland, Schweiz, Suisse, Svizzera, CHE; CI Côte d'Ivoire, Ivory Coast; CK Cook Islands; CL Chile; CM Cameroon;\
CN China, CHN; CO Colombia; CR Costa Rica; CU Cuba; CV Cape Verde, Cabo Verde; CW Curaçao; CX Christmas Island;\
CY Cyprus; CZ Czech Republic, Czechia, CZE; DE Germany, Deutschland, DEU; DJ Djibouti; DK Denmark, Danmark, DNK;\
DM Dominica; DO Dominican Republic; DZ Algeria; EC Ecuador; EE Estonia; EG Egypt; EH Western Sahara; ER Eritrea;\
ES Spain, España, Espana, ESP; ET Ethiopia; FI Finland, Suomi, FIN; FJ Fiji; FK Falkland Islands; FM Micronesia;\
FO Faroe Islands; FR France, FRA; GA Gabon;\
GB Britain (UK), Britain, United Kingdom, UK, Great Britain, England, Scotland, Wales, GBR; GD Grenada; GE Georgia;\
GF French Guiana; GG Guernsey; GH Ghana; GI Gibraltar; GL Greenland; GM Gambia; GN Guinea; GP Guadeloupe;\
GQ Equatorial Guinea; GR Greece, Hellas;\
GS South Georgia & the South Sandwich Islands, South Georgia and the South Sandwich Islands; GT Guatemala; GU Guam;\
GW Guinea-Bissau; GY Guyana; HK Hong Kong; HM Heard Island & McDonald Islands, Heard Island and McDonald Islands;\
HN Honduras; HR Croatia; HT Haiti; HU Hungary, Magyarország; ID Indonesia; IE Ireland, Éire, IRL; IL Israel;\
IM Isle of Man; IN India, IND; IO British Indian Ocean Territory; IQ Iraq; IR Iran; IS Iceland; IT Italy, Italia, ITA;\
JE Jersey; JM Jamaica; JO Jordan; JP Japan, JPN; KE Kenya; KG Kyrgyzstan; KH Cambodia; KI Kiribati; KM Comoros;\
KN St Kitts & Nevis, St Kitts and Nevis; KP Korea (North), North Korea; KR Korea (South), South Korea; KW Kuwait;\
KY Cayman Islands; KZ Kazakhstan; LA Laos; LB Lebanon; LC St Lucia; LI Liechtenstein; LK Sri Lanka; LR Liberia;\
LS Lesotho; LT Lithuania; LU Luxembourg; LV Latvia; LY Libya; MA Morocco; MC Monaco; MD Moldova; ME Montenegro;\
MF St Martin (French), St Martin; MG Madagascar; MH Marshall Islands; MK North Macedonia; ML Mali;\
MM Myanmar (Burma), Myanmar; MN Mongolia; MO Macau; MP Northern Mariana Islands; MQ Martinique; MR Mauritania;\
MS Montserrat; MT Malta; MU Mauritius; MV Maldives; MW Malawi; MX Mexico, México, MEX; MY Malaysia; MZ Mozambique;\
NA Namibia; NC New Caledonia; NE Niger; NF Norfolk Island; NG Nigeria; NI Nicaragua;\
NL Netherlands, Nederland, Holland, The Netherlands, NLD; NO Norway, Norge, NOR; NP Nepal; NR Nauru; NU Niue;\
NZ New Zealand, NZL; OM Oman; PA Panama; PE Peru; PF French Polynesia; PG Papua New Guinea; PH Philippines;\
PK Pakistan; PL Poland, Polska, POL; PM St Pierre & Miquelon, St Pierre and Miquelon; PN Pitcairn; PR Puerto Rico;\
PS Palestine; PT Portugal, PRT; PW Palau; PY Paraguay; QA Qatar; RE Réunion; RO Romania, România; RS Serbia;\
RU Russia, Russian Federation; RW Rwanda; SA Saudi Arabia; SB Solomon Islands; SC Seychelles; SD Sudan;\
SE Sweden, Sverige, SWE; SG Singapore, SGP; SH St Helena; SI Slovenia; SJ Svalbard & Jan Mayen, Svalbard and Jan Mayen;\
SK Slovakia; SL Sierra Leone; SM San Marino; SN Senegal; SO Somalia; SR Suriname; SS South Sudan;\
ST Sao Tome & Principe, Sao Tome and Principe; SV El Salvador; SX St Maarten (Dutch), St Maarten; SY Syria;\
SZ Eswatini (Swaziland), Eswatini; TC Turks & Caicos Is, Turks and Caicos Is; TD Chad; TF French S. Terr.; TG Togo;\
TH Thailand; TJ Tajikistan; TK Tokelau; TL East Timor, Timor-Leste; TM Turkmenistan; TN Tunisia; TO Tonga;\
TR Turkey, Türkiye, TUR; TT Trinidad & Tobago, Trinidad and Tobago; TV Tuvalu; TW Taiwan; TZ Tanzania; UA Ukraine;\
UG Uganda; UM US minor outlying islands; US United States, United States of America, USA, America; UY Uruguay;\
UZ Uzbekistan; VA Vatican City; VC St Vincent; VE Venezuela; VG Virgin Islands (UK); VI Virgin Islands (US);\
VN Vietnam; VU Vanuatu; WF Wallis & Futuna, Wallis and Futuna; WS Samoa (western), Samoa; YE Yemen; YT Mayotte;\
ZA South Africa, ZAF; ZM Zambia; ZW Zimbabwe";

/// The code of a country with this name, in any case.
pub(super) fn code(name: &str) -> Option<&'static str> {
    let name = plain(name);
    let mut countries = COUNTRIES
        .split(';')
        .filter_map(|it| it.trim().split_once(' '));
    let named = countries.find(|(_, names)| names.split(',').any(|it| plain(it) == name));
    named.map(|(code, _)| code)
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(|it| it.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone;

    #[test]
    fn names_have_a_code() {
        for (name, expected) in [
            ("France", Some("FR")),
            ("germany", Some("DE")),
            ("Deutschland", Some("DE")),
            ("UK", Some("GB")),
            ("USA", Some("US")),
            ("Bosnia and Herzegovina", Some("BA")),
            ("Atlantis", None),
            ("", None),
        ] {
            assert_eq!(code(name), expected, "{name}");
        }
    }

    #[test]
    fn every_row_has_a_code_and_a_name() {
        let rows: Vec<_> = COUNTRIES.split(';').collect();
        let names = |row: &str| row.trim()[3..].split(',').map(plain).collect::<Vec<_>>();
        let mut all: Vec<String> = rows.iter().flat_map(|row| names(row)).collect();
        all.sort();
        assert!(all.windows(2).all(|two| two[0] != two[1]), "{all:?}");
        for row in &rows {
            let (code, names) = row.trim().split_once(' ').unwrap_or_default();
            assert!(code.len() == 2 && !names.is_empty(), "{row}");
        }
        let called = rows
            .iter()
            .filter(|row| phone::is_country(&row.trim()[..2]));
        assert!(rows.len() > 240 && called.count() > 200);
    }
}
